public import Caching
import EventLoops

/// The instances' announcements as a stream in Redis: one order for all, and who was cut off goes on where it was.
///
/// Every answer to a listener is a sign of life, and there is one at least every ``Options/block``: a connection that
/// was cut silently is noticed. A stream that is trimmed beyond what a listener has heard, that vanished or that went
/// back is noticed by the listener's last entry not being in it any more.
public actor RedisFleetChannel: FleetChannel {
    /// How the stream is kept and read.
    public struct Options: Sendable {
        /// How long one look for announcements waits for some. Together with the client's time-out, how long the
        /// channel vouches for having heard everything.
        public var block: Duration = .seconds(1)
        /// How long to wait after a look that failed.
        public var pause: Duration = .milliseconds(100)
        /// About how many announcements are kept for those who were cut off.
        public var length = 10_000

        public init() {}
    }

    /// What has happened since the channel was made.
    public struct Statistics: Sendable, Equatable {
        /// Announcements heard and understood.
        public var heard = 0
        /// Entries that this release understands nothing of.
        public var unknown = 0
        /// Times that announcements were missed for good.
        public var gaps = 0
        /// Times that the channel could not vouch any more.
        public var losses = 0
        /// Why the last look failed; nil when it did not.
        public var fault: StoreError?
    }

    private nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public private(set) var statistics = Statistics()
    private let client: RedisClient
    private let key: String
    private let options: Options

    /// - Parameter client: shared with others, who close it. Listening uses a connection of its own.
    public init(client: RedisClient, keys: RedisKeys, options: Options = Options()) {
        loop = client.loop
        self.client = client
        self.options = options
        key = keys.fleet
    }

    public func publish(_ announcement: Announcement) async throws(StoreError) {
        let fields = AnnouncementFields.fields(of: announcement)
        try await client.expectSuccess(of: [FleetStream.appending(fields, to: key, length: options.length)])
    }

    public func listen(_ hear: @escaping @Sendable (FleetEvent) -> Void) async {
        let stream = FleetStream(client: client.sibling(), key: key, options: options)
        let listener = FleetListener(
            stream, pause: options.pause, vouchesFor: options.block + client.options.timeout, on: loop,
            note: { [weak self] change in self?.assumeIsolated { change(&$0.statistics) } },
            hear: hear)
        await withTaskCancellationHandler {
            await listener.run()
        } onCancel: { [loop] in
            loop.execute { listener.assumeIsolated { $0.stop() } }
        }
        await stream.client.close()
    }
}
