import EventLoops
import Synchronization
import UpstreamFetching

/// Reports what is logged as an error to Sentry. The same error goes out once a minute, with the number of those left
/// out; all errors together no faster than thirty a minute, or than Sentry says. Its own failures are counted and told
/// nobody: an error about errors would never end.
final class ErrorReporter: Sendable {
    struct Settings: Sendable, Equatable {
        var dsn: SentryDSN
        var origin: SentryEvent.Origin
    }

    static let perMinute = 30
    /// Waiting ones.
    static let capacity = 64
    /// Different messages remembered for a minute.
    private static let memory = 256
    private static let fieldLimit = 1024
    private static let minute: Int64 = 60_000
    private static let timeout = Duration.seconds(5)

    private struct Sighting {
        var reportedAt: Int64
        var repetitions = 0
    }

    private struct State {
        var settings: Settings?
        var waiting: [SentryEvent] = []
        var sightings: [String: Sighting] = [:]
        var minute: Int64 = 0
        var inMinute = 0
        var quietUntil: Int64 = 0
        var isSending = false
    }

    private let loop: EventLoop
    private let time: TimeSource
    private let counters: TelemetryCounters
    private let client: UpstreamClient
    private let state = Mutex(State())

    init(
        loop: EventLoop, time: TimeSource, counters: TelemetryCounters, client: UpstreamClient
    ) {
        self.loop = loop
        self.time = time
        self.counters = counters
        self.client = client
    }

    /// From now on errors go there; `nil`: nowhere.
    func adopt(_ settings: Settings?) {
        state.withLock { state in
            state.settings = settings
            if settings == nil { state.waiting.removeAll() }
        }
    }

    /// Takes an error to be reported. Any thread; never blocks.
    ///
    /// - Parameter fields: what was logged with it, so never a secret.
    func report(_ message: String, _ fields: KeyValuePairs<String, String>) {
        let now = time.now
        let mustStart = state.withLock { state -> Bool in
            guard state.settings != nil, admits(message, at: now, &state) else { return false }
            guard state.waiting.count < Self.capacity else {
                counters.droppedErrors.increment()
                return false
            }
            let repetitions = state.sightings[message]?.repetitions ?? 0
            state.sightings[message] = Sighting(reportedAt: now)
            state.waiting.append(
                SentryEvent(
                    message: message, fields: fields.map { ($0, String($1.prefix(Self.fieldLimit))) },
                    repetitions: repetitions, time: now / 1000))
            defer { state.isSending = true }
            return !state.isSending
        }
        if mustStart { Task(executorPreference: loop) { await self.send() } }
    }

    /// Whether an error goes out now; those that do not are counted.
    private func admits(_ message: String, at now: Int64, _ state: inout State) -> Bool {
        if let sighting = state.sightings[message], now - sighting.reportedAt < Self.minute {
            state.sightings[message]?.repetitions += 1
            counters.repeatedErrors.increment()
            return false
        }
        if now - state.minute >= Self.minute { (state.minute, state.inMinute) = (now, 0) }
        guard now >= state.quietUntil, state.inMinute < Self.perMinute else {
            counters.droppedErrors.increment()
            return false
        }
        state.inMinute += 1
        if state.sightings.count >= Self.memory, state.sightings[message] == nil {
            state.sightings = state.sightings.filter { now - $0.value.reportedAt < Self.minute }
        }
        return true
    }

    private func send() async {
        while let (event, settings) = next() {
            var request = UpstreamRequest(
                settings.dsn.envelopeURL, trust: .configured, method: .post,
                fields: [
                    UpstreamField("content-type", "application/x-sentry-envelope"),
                    UpstreamField(
                        "x-sentry-auth",
                        "Sentry sentry_version=7, sentry_client=mintcache/\(Version.number), "
                            + "sentry_key=\(settings.dsn.publicKey)"),
                ], body: event.envelope(from: settings.origin, sentAt: time.now / 1000))
            request.timeout = Self.timeout
            request.maximumBodyBytes = 64 * 1024
            guard let response = try? await client.fetch(request) else {
                counters.droppedErrors.increment()
                continue
            }
            let isTaken = (200..<300).contains(response.status)
            (isTaken ? counters.reportedErrors : counters.droppedErrors).increment()
            if let seconds = SentryLimits.quiet(after: response) {
                state.withLock { $0.quietUntil = time.now + Int64(seconds) * 1000 }
            }
        }
    }

    /// Waits until what there is has been sent, for the end of the process.
    func flush(within limit: Duration) async {
        let deadline = MonotonicTime.current + limit
        while state.withLock({ $0.isSending }), MonotonicTime.current < deadline {
            await loop.sleep(for: .milliseconds(10))
        }
    }

    private func next() -> (SentryEvent, Settings)? {
        state.withLock { state in
            guard let settings = state.settings, !state.waiting.isEmpty else {
                state.isSending = false
                return nil
            }
            return (state.waiting.removeFirst(), settings)
        }
    }
}

/// How long Sentry wants to hear of no errors.
enum SentryLimits {
    private static let usual = 60
    private static let longest = 3600

    /// Seconds; `nil` when it takes more.
    static func quiet(after response: UpstreamResponse) -> Int? {
        if let field = response.value(of: "x-sentry-rate-limits"), let seconds = quiet(field) { return seconds }
        guard response.status == 429 else { return nil }
        return min(response.value(of: "retry-after").flatMap { Int($0) } ?? usual, longest)
    }

    /// `60:error;default:organization, 2700::…`: seconds, categories, scope; no category means all of them.
    static func quiet(_ field: String) -> Int? {
        let limits = field.split(separator: ",").compactMap { limit -> Int? in
            let parts = limit.split(separator: ":", omittingEmptySubsequences: false)
            guard let first = parts.first, let seconds = Int(first.drop { $0 == " " }), seconds > 0 else { return nil }
            let categories = parts.count > 1 ? parts[1].split(separator: ";") : []
            let concernsUs = categories.isEmpty || categories.contains("error") || categories.contains("default")
            return concernsUs ? min(seconds, longest) : nil
        }
        return limits.max()
    }
}
