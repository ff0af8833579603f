/// One metric as Prometheus knows it: a name, what it means, and a value for each combination of its labels.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// What tells the samples of a metric apart.
    struct Label: Sendable {
        let name: String
        /// What its values are, where they are not the same everywhere.
        var meaning: String?
    }

    /// What Prometheus keeps of a number, too: exact up to 2^53.
    struct Sample: Sendable {
        /// In the order of the family's labels.
        var labels: [String] = []
        let value: Double
    }

    let name: String
    let kind: Kind
    let help: String
    var labels: [Label] = []
    /// Of counters and gauges. There may be none for now.
    var samples: [Sample] = []
    /// Of a histogram of durations, with the value of its one label.
    var histograms: [(label: String, histogram: DurationHistogram)] = []

    /// The metric in Prometheus's text format 0.0.4; nothing without a value.
    var exposition: String {
        if samples.isEmpty, histograms.isEmpty { return "" }
        var text = "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += "\(name)\(Self.text(Array(zip(labels.map(\.name), sample.labels)))) \(Self.text(sample.value))\n"
        }
        for (value, histogram) in histograms { append(histogram, of: value, to: &text) }
        return text
    }

    private func append(_ histogram: DurationHistogram, of value: String, to text: inout String) {
        let own = labels.map { ($0.name, value) }
        var below: UInt64 = 0
        for (bucket, count) in histogram.counts.enumerated() {
            below += count
            let bounds = DurationHistogram.bounds
            let bound = bucket < bounds.count ? "\(Double(bounds[bucket]) / 1e9)" : "+Inf"
            text += "\(name)_bucket\(Self.text(own + [("le", bound)])) \(below)\n"
        }
        text += "\(name)_sum\(Self.text(own)) \(Double(histogram.total) / 1e9)\n"
        text += "\(name)_count\(Self.text(own)) \(below)\n"
    }

    private static func text(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0)=\"\(escaped($1).replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
            + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// Whole numbers without a fraction.
    private static func text(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension MetricFamily {
    /// The counters of a table, those of one name as one metric. Samples of one name lie next to each other.
    static func counters(_ samples: [Metrics.Sample]) -> [MetricFamily] {
        samples.reduce(into: []) { families, sample in
            if families.last?.name != sample.name {
                let labels = sample.labels.map { Label(name: $0.name) }
                families.append(MetricFamily(name: sample.name, kind: .counter, help: sample.help, labels: labels))
            }
            let value = Sample(labels: sample.labels.map(\.value), value: Double(sample.value))
            families[families.count - 1].samples.append(value)
        }
    }

    /// A metric without labels.
    static func plain(_ kind: Kind, _ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(name: name, kind: kind, help: help, samples: value.map { [Sample(value: $0)] } ?? [])
    }
}
