import EventLoops
import Synchronization
import UpstreamFetching

/// Sends spans to a collector by OTLP over HTTP, in its JSON encoding, a batch every few seconds. Spans that find no place
/// are counted and gone; nobody ever waits for a collector.
///
/// Any thread.
final class SpanExporter: Sendable {
    struct Settings: Sendable {
        /// `POST`ed to as it is: the collector's URL with `/v1/traces`.
        var collector: Configuration.Endpoint
        var environment: String
    }

    static let capacity = 4096
    private static let batchSize = 512
    private static let interval = Duration.seconds(2)
    private static let timeout = Duration.seconds(10)
    /// A batch that the collector is too busy for is sent so often.
    private static let attempts = 3
    private static let longestPause = 30

    private struct State {
        var settings: Settings?
        var pending: [Span] = []
        var isRunning = false
    }

    private let loop: EventLoop
    private let client: UpstreamClient
    private let counters: TelemetryCounters
    private let instance: String
    private let state = Mutex(State())

    init(
        loop: EventLoop, instance: String, counters: TelemetryCounters, client: UpstreamClient
    ) {
        self.loop = loop
        self.instance = instance
        self.counters = counters
        self.client = client
    }

    /// From now on spans go there; `nil`: nowhere.
    func adopt(_ settings: Settings?) {
        state.withLock { state in
            state.settings = settings
            if settings == nil { state.pending.removeAll() }
        }
    }

    func add(_ spans: [Span]) {
        let mustStart = state.withLock { state -> Bool in
            guard state.settings != nil else { return false }
            let free = max(0, Self.capacity - state.pending.count)
            state.pending += spans.prefix(free)
            if spans.count > free { counters.droppedSpans.increment(by: UInt64(spans.count - free)) }
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        Task(executorPreference: loop) {
            await self.loop.sleep(for: Self.interval)
            await self.sendAll()
        }
    }

    /// Sends what there is, for the end of the process.
    func flush(within limit: Duration) async {
        let sending = Task(executorPreference: loop) { await self.sendAll() }
        let timer = Task(executorPreference: loop) {
            await self.loop.sleep(for: limit)
            sending.cancel()
        }
        await sending.value
        timer.cancel()
    }

    private func sendAll() async {
        while !Task.isCancelled, let (batch, settings) = next() {
            let isTaken = await send(batch, settings)
            (isTaken ? counters.exportedSpans : counters.droppedSpans).increment(by: UInt64(batch.count))
        }
    }

    private func next() -> ([Span], Settings)? {
        state.withLock { state in
            guard let settings = state.settings, !state.pending.isEmpty else {
                state.isRunning = false
                return nil
            }
            let batch = Array(state.pending.prefix(Self.batchSize))
            state.pending.removeFirst(batch.count)
            return (batch, settings)
        }
    }

    private func send(_ batch: [Span], _ settings: Settings) async -> Bool {
        var request = UpstreamRequest(
            settings.collector.url, trust: .configured, method: .post,
            fields: settings.collector.fields + [UpstreamField("content-type", "application/json")],
            body: body(batch, settings))
        request.timeout = Self.timeout
        request.maximumBodyBytes = 64 * 1024
        for attempt in 1...Self.attempts {
            guard let response = try? await client.fetch(request) else { return false }
            if (200..<300).contains(response.status) { return true }
            // OTLP 1.3, "Retryable Response Codes".
            guard [429, 502, 503, 504].contains(response.status), attempt < Self.attempts else { return false }
            let wanted = response.value(of: "retry-after").flatMap { Int($0) } ?? attempt
            await loop.sleep(for: .seconds(min(max(wanted, 1), Self.longestPause)))
        }
        return false
    }

    private func body(_ batch: [Span], _ settings: Settings) -> [UInt8] {
        let resource = [
            ("service.name", "mintcache"), ("service.version", Version.number), ("service.instance.id", instance),
            ("deployment.environment.name", settings.environment),
        ].map { Span.attribute($0, .string($1)) }
        let scope: JSONNode = .object([("name", "mintcache"), ("version", .string(Version.number))])
        let spans: JSONNode = .object([("scope", scope), ("spans", .array(batch.map(\.document)))])
        let resourceSpans: JSONNode = .object([
            ("resource", .object([("attributes", .array(resource))])), ("scopeSpans", .array([spans])),
        ])
        return JSONNode.object([("resourceSpans", .array([resourceSpans]))]).bytes
    }
}
