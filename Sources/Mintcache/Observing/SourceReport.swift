import EventLoops

/// One source for people and for Prometheus.
struct SourceReport: Sendable {
    let state: SourceState
    /// What a provider may be asked; empty without a limit.
    let budget: [RequestRate]

    /// What several sources count, and whether they are asked.
    static func families(of reports: [SourceReport]) -> [MetricFamily] {
        let table: [(String, String, (SourceState) -> UInt64)] = [
            ("requests", "Requests sent to a provider's API: what it may charge for.", { $0.requests.current }),
            ("documents", "Documents that sources gave.", { $0.total(.documents) }),
            ("missing", "Tokens that sources said do not exist.", { $0.total(.missing) }),
            ("unusable", "Tokens whose metadata sources could not give.", { $0.total(.unusable) }),
            ("unknown", "Tokens that sources knew nothing of.", { $0.total(.unknown) }),
            ("failures", "Times that sources could not answer.", { $0.total(.failures) }),
            ("skipped", "Failures without a request: over budget, or left alone.", { $0.skipped.current }),
        ]
        let label = MetricFamily.Label(name: "source", meaning: "a source of the configuration")
        func family(
            _ kind: MetricFamily.Kind, _ name: String, _ help: String, _ value: (SourceState) -> Double
        ) -> MetricFamily {
            let samples = reports.map { MetricFamily.Sample(labels: [$0.state.name], value: value($0.state)) }
            return MetricFamily(name: name, kind: kind, help: help, labels: [label], samples: samples)
        }
        let counters = table.map { name, help, value in
            family(.counter, "mintcache_source_\(name)_total", help) { Double(value($0)) }
        }
        let health = family(.gauge, "mintcache_source_healthy", "0 while a source is left alone after failures.") {
            $0.isHealthy ? 1 : 0
        }
        return counters + [health]
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
