import EventLoops

/// One source for people and for Prometheus.
struct SourceReport: Sendable {
    let state: SourceState
    /// What a provider may be asked; empty without a limit.
    let budget: [RequestRate]

    /// The counters of several sources, those of one name next to each other.
    static func samples(of reports: [SourceReport]) -> [Metrics.Sample] {
        let table: [(String, String, (SourceState) -> UInt64)] = [
            ("requests", "Requests sent to providers.", { $0.requests.current }),
            ("documents", "Documents that sources gave.", { $0.total(.documents) }),
            ("missing", "Tokens that sources said do not exist.", { $0.total(.missing) }),
            ("unusable", "Tokens whose metadata sources could not give.", { $0.total(.unusable) }),
            ("unknown", "Tokens that sources knew nothing of.", { $0.total(.unknown) }),
            ("failures", "Times that sources could not answer.", { $0.total(.failures) }),
            ("skipped", "Failures without a request: over budget, or left alone.", { $0.skipped.current }),
        ]
        return table.flatMap { name, help, value in
            reports.map { report in
                Metrics.Sample(
                    name: "mintcache_source_\(name)_total", help: help, label: ("source", report.state.name),
                    value: value(report.state))
            }
        }
    }

    /// Whether each source is asked, as gauges in Prometheus's text format.
    static func exposition(of reports: [SourceReport]) -> String {
        let name = "mintcache_source_healthy"
        let head = "# HELP \(name) 0 while a source is left alone after failures.\n# TYPE \(name) gauge\n"
        return reports.reduce(into: head) { text, report in
            text += "\(name){source=\"\(report.state.name)\"} \(report.state.isHealthy ? 1 : 0)\n"
        }
    }

    func node(at now: MonotonicTime) -> JSONNode {
        let outcomes = SourceState.Outcome.allCases.map { outcome -> (String, JSONNode) in
            (outcome.rawValue, .integer(Int(clamping: state.total(outcome))))
        }
        let limits = budget.map { rate -> JSONNode in
            .object([("limit", .string(rate.description)), ("used", .integer(state.used(of: rate, at: now)))])
        }
        return .object(
            [("source", .string(state.name)), ("healthy", .boolean(state.isHealthy))] + outcomes + [
                ("requests", .integer(Int(clamping: state.requests.current))),
                ("skipped", .integer(Int(clamping: state.skipped.current))),
                ("last_failure", state.lastFailure.map { .string($0) } ?? .null), ("budget", .array(limits)),
            ])
    }
}
