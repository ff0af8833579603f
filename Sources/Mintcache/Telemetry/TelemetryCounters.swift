/// What became of spans and errors on their way out of the process.
final class TelemetryCounters: Sendable {
    let exportedSpans = Counter()
    let droppedSpans = Counter()
    let reportedErrors = Counter()
    /// Same ones again within a minute; the next report tells how many.
    let repeatedErrors = Counter()
    let droppedErrors = Counter()

    var samples: [Metrics.Sample] {
        let spans = [("exported", exportedSpans), ("dropped", droppedSpans)].map { result, counter in
            Metrics.Sample(
                name: "mintcache_spans_total", help: "Spans of traced requests: taken by the collector, or lost.",
                label: ("result", result), value: counter.current)
        }
        let errors = [("reported", reportedErrors), ("repeated", repeatedErrors), ("dropped", droppedErrors)]
        return spans
            + errors.map { result, counter in
                Metrics.Sample(
                    name: "mintcache_error_reports_total",
                    help: "Errors: taken by Sentry; counted with the next report of the same; or lost.",
                    label: ("result", result), value: counter.current)
            }
    }
}
