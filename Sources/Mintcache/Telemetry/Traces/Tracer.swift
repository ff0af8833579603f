import EventLoops
import Glibc
import HTTPServing

/// Decides which requests are traced, and gives their spans to the exporter.
struct Tracer: Sendable {
    private static let million: UInt64 = 1_000_000

    private let exporter: SpanExporter
    private let samplesPerMillion: UInt64
    private let joinsPerMillion: UInt64
    /// What traces that begin here have in common.
    private let seed: UInt64
    /// Nanoseconds from the monotonic clock's zero to 1970's, negative.
    private let offset: Int64

    init(exporter: SpanExporter, _ configuration: Configuration.Telemetry) {
        self.exporter = exporter
        samplesPerMillion = UInt64(configuration.samplesPerMillion)
        joinsPerMillion = UInt64(configuration.joinsPerMillion)
        seed = RandomBytes.generate(8).reduce(0) { $0 << 8 | UInt64($1) }
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let now = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
        offset = now - Int64(clamping: MonotonicTime.current.nanoseconds)
    }

    /// The trace that a request belongs to: its client's, if that is kept; else one of a few that begin here. The same
    /// whenever it is asked for, but not of another tracer. Allocates nothing.
    func trace(of request: borrowing RequestHead, _ number: UInt64) -> RequestTrace? {
        let span = number == 0 ? 1 : number
        // The low digits of request numbers are as good as random.
        let lot = number % Self.million
        if let field = request[.traceParent], !request.isRepeated(.traceParent), let parent = TraceContext(field) {
            guard parent.isSampled, lot < joinsPerMillion else { return nil }
            return RequestTrace(tracer: self, context: parent.with(span: span), parent: parent.span)
        }
        guard lot < samplesPerMillion else { return nil }
        let context = TraceContext(traceHigh: seed, traceLow: span, span: span, isSampled: true)
        return RequestTrace(tracer: self, context: context, parent: nil)
    }

    func add(_ spans: [Span]) {
        exporter.add(spans)
    }

    /// Nanoseconds since 1970.
    func wall(_ time: MonotonicTime) -> Int64 {
        Int64(clamping: time.nanoseconds) &+ offset
    }
}

/// A traced request's place in its trace, and who keeps it.
struct RequestTrace: Sendable {
    let tracer: Tracer
    /// Names the request's own span.
    let context: TraceContext
    let parent: UInt64?
}
