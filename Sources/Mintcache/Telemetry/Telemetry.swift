import EventLoops
import UpstreamFetching

/// What the process tells of itself to those who watch it: errors to Sentry, traces to a collector, single flights to the
/// log. With a client of its own, so that a collector that hangs takes nobody's place.
final class Telemetry: Sendable {
    let debugged = DebugTable()
    let errors: ErrorReporter
    private let spans: SpanExporter
    private let client: UpstreamClient
    private let instance: String

    init(
        _ configuration: Configuration.Telemetry, _ environment: ProxyServer.Environment, on loop: EventLoop,
        counters: TelemetryCounters
    ) {
        var options = UpstreamOptions()
        options.maximumInFlight = 8
        options.maximumWaiting = 8
        options.retries = 0
        options.userAgent = "mintcache/\(Version.number)"
        let client = UpstreamClient(loop: loop, options: options)
        self.client = client
        instance = environment.instance
        errors = ErrorReporter(loop: loop, time: environment.time, counters: counters, client: client)
        spans = SpanExporter(loop: loop, instance: instance, counters: counters, client: client)
        adopt(configuration)
    }

    /// Goes by a configuration from now on.
    func adopt(_ configuration: Configuration.Telemetry) {
        let origin = SentryEvent.Origin(
            release: configuration.release, environment: configuration.environment, server: instance)
        errors.adopt(configuration.sentry.map { .init(dsn: $0, origin: origin) })
        spans.adopt(configuration.collector.map { .init(collector: $0, environment: configuration.environment) })
    }

    /// `nil` when nothing is traced.
    func tracer(_ configuration: Configuration.Telemetry) -> Tracer? {
        guard configuration.collector != nil else { return nil }
        return Tracer(exporter: spans, configuration)
    }

    /// Sends what is left, and is done.
    func close(within limit: Duration) async {
        await spans.flush(within: limit)
        await errors.flush(within: limit)
        await client.shutdown()
    }
}
