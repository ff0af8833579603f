/// `docs/metrics.md`, written from the table that `/metrics` is made from.
public enum MetricsReference {
    public static var markdown: String {
        let families = Readings().families(Metrics())
        let kinds: [(title: String, kind: MetricFamily.Kind)] = [
            ("Histograms", .histogram), ("Counters", .counter), ("Gauges", .gauge),
        ]
        return kinds.reduce(into: beginning) { text, section in
            text += "\n## \(section.title)\n\n| metric | labels | meaning |\n|---|---|---|\n"
            for family in families where family.kind == section.kind { text += row(of: family) }
        }
    }

    private static let beginning = """
        # Metrics

        Every metric of `GET /metrics` on the admin listener. This page is written by `mintcache metrics`; a test compares
        the two. Counters count since the start of the process. Durations are in seconds, sizes in bytes.
        [Operations](operations.md#metrics) tells what to look at, `config/prometheus/alerts.yml` what to be woken for.

        """

    private static func row(of family: MetricFamily) -> String {
        let labels = family.labels.indices.map { "`\(family.labels[$0].name)`: \(values(of: $0, in: family))" }
        return "| `\(family.name)` | \(labels.joined(separator: "; ")) | \(family.help) |\n"
    }

    /// What a label stands for; without such words its values, which are the same everywhere.
    private static func values(of label: Int, in family: MetricFamily) -> String {
        if let meaning = family.labels[label].meaning { return meaning }
        let all = family.samples.map { $0.labels[label] } + family.histograms.map(\.label)
        let distinct = all.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return distinct.map { "`\($0)`" }.joined(separator: ", ")
    }
}
