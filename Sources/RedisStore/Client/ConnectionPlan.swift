import EventLoops

/// What all connections of a client and of its siblings have in common.
struct ConnectionPlan: Sendable {
    let url: RedisURL
    let options: RedisClient.Options
    let loop: EventLoop
    let resolver: AddressResolver
    let pacer: LoopBound<AttemptPacer>
    private let tls: TLSClient?

    /// Throws ``RedisError/refused(_:)`` when the file of trusted certificates cannot be read.
    init(
        _ url: RedisURL, options: RedisClient.Options, loop: EventLoop, resolver: AddressResolver
    ) throws(RedisError) {
        self.url = url
        self.options = options
        self.loop = loop
        self.resolver = resolver
        pacer = LoopBound(AttemptPacer(), on: loop)
        do throws(StreamError) {
            tls = url.usesTLS ? try TLSClient(serverName: url.host, trust: options.trust) : nil
        } catch {
            throw .refused(error.description)
        }
    }

    /// How to speak TLS to a server, whose certificate must name `host`; nil when TLS is not spoken.
    func tls(with host: String) -> TLSClient? {
        tls?.naming(host)
    }
}
