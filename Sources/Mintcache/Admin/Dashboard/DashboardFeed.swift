import EventLoops
import HTTPServing

/// What the dashboard shows as it happens, as server-sent events (HTML standard, section 9.2): a sample of the traffic
/// every two seconds, each with an `id`, the statistics, and what went wrong when that has changed. Who comes back with
/// `Last-Event-ID` gets the samples that were missed; a new one gets the last ten minutes.
///
/// Pinned to the fetch loop.
actor DashboardFeed {
    static let maximumStreams = 16
    static let interval = Duration.seconds(2)

    struct Tools: Sendable {
        let loop: EventLoop
        let time: TimeSource
        let metrics: Metrics
        let recent: RecentEvents
        /// The name of this instance among the others, with a part that is new at every start.
        let instance: String
    }

    private let tools: Tools
    private let loop: EventLoop
    private var meter: TrafficMeter
    private var history: TrafficHistory
    private var isOver = false
    private var streams: Set<Int> = []
    private var lastStream = 0
    /// The streams that wait for the next sample.
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    init(_ tools: Tools) {
        self.tools = tools
        loop = tools.loop
        history = TrafficHistory(process: tools.instance)
        meter = TrafficMeter(tools.metrics, at: .current)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Takes samples until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await loop.sleep(for: Self.interval)
            history.append(meter.sample(at: .current, tools.time.now))
            wake()
        }
    }

    /// Ends every stream, and lets no new one begin.
    func end() {
        isOver = true
        wake()
    }

    private func wake() {
        let ready = waiting
        waiting = [:]
        for continuation in ready.values { continuation.resume() }
    }

    // MARK: Streams

    /// Answers with the events until the client goes or the process stops.
    func stream(_ statistics: Statistics, to exchange: Exchange) async throws(Problem) {
        guard !isOver, streams.count < Self.maximumStreams else { throw Self.busy }
        lastStream += 1
        let stream = lastStream
        streams.insert(stream)
        defer { streams.remove(stream) }
        // Who says nothing more has gone: nobody waits for events otherwise.
        exchange.onInputEnd = { self.assumeIsolated { $0.end(stream) } }
        exchange.onCancel = { self.assumeIsolated { $0.end(stream) } }
        exchange.beginStreaming(
            status: 200,
            fields: [
                ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
                // Where nginx stands before this listener it must pass on every event at once.
                ("X-Accel-Buffering", "no"),
            ])
        guard exchange.request.method != .head else { return exchange.finishStreaming() }
        do throws(ClientGone) {
            try await send(statistics, to: exchange, as: stream)
            exchange.finishStreaming()
        } catch {
            // Nothing is left to be said.
        }
    }

    private func end(_ stream: Int) {
        streams.remove(stream)
        waiting.removeValue(forKey: stream)?.resume()
    }

    private func send(_ statistics: Statistics, to exchange: Exchange, as stream: Int) async throws(ClientGone) {
        var seen = history.number(of: exchange.request[.lastEventID])
        var revision: Int?
        try await exchange.write(greeting)
        while !isOver, streams.contains(stream) {
            let document = await statistics.document()
            let news = news(since: seen, document, &revision)
            seen = history.last
            try await exchange.write(news)
            guard !isOver, streams.contains(stream), history.last == seen else { continue }
            await withCheckedContinuation { waiting[stream] = $0 }
        }
    }

    private var greeting: [UInt8] {
        let hello = JSONNode.object([
            ("instance", .string(tools.instance)), ("interval_seconds", .seconds(Self.interval.inMilliseconds)),
            ("capacity", .integer(TrafficHistory.capacity)),
        ])
        return Array("retry: 1000\n\n".utf8) + Self.event("hello", hello.bytes)
    }

    private func news(since seen: Int, _ statistics: [UInt8], _ revision: inout Int?) -> [UInt8] {
        var text: [UInt8] = []
        for sample in history.samples(after: seen) {
            text += Self.event("sample", sample.document.bytes, identifier: history.identifier(of: sample))
        }
        text += Self.event("stats", statistics)
        let recent = tools.recent.document
        if recent.revision != revision { text += Self.event("errors", recent.bytes) }
        revision = recent.revision
        return text
    }

    /// - Parameter data: JSON as this process writes it, so without line ends.
    private static func event(_ name: String, _ data: [UInt8], identifier: String? = nil) -> [UInt8] {
        let id = identifier.map { "id: \($0)\n" } ?? ""
        return Array("\(id)event: \(name)\ndata: ".utf8) + data + [0x0A, 0x0A]
    }

    private static let busy = Problem.overloaded(
        "\(maximumStreams) streams of events are open, or the process is about to stop.", seconds: 5)
}
