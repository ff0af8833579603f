import Testing

@testable import Mintcache

@Suite struct `A metric in Prometheus's text format` {
    @Test func `has help, type, and whole numbers without a fraction`() {
        let family = MetricFamily.plain(.gauge, "mintcache_connections", "Open connections.", 12)
        #expect(
            family.exposition == """
                # HELP mintcache_connections Open connections.
                # TYPE mintcache_connections gauge
                mintcache_connections 12

                """)
        #expect(MetricFamily.plain(.gauge, "age_seconds", "Age.", 0.25).exposition.hasSuffix("age_seconds 0.25\n"))
    }

    @Test func `is not there without a value`() {
        #expect(MetricFamily.plain(.gauge, "mintcache_outbox_rows", "Rows.", nil).exposition.isEmpty)
    }

    @Test func `escapes what is in a label's value`() {
        let family = MetricFamily(
            name: "m", kind: .gauge, help: "a\\b\nc", labels: [.init(name: "source")],
            samples: [.init(labels: ["a\"b\\c\nd"], value: 1)])
        #expect(family.exposition == "# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{source=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test func `adds up a histogram's buckets, and ends with their sum and count`() {
        var histogram = DurationHistogram()
        histogram.counts[0] = 2
        histogram.counts[1] = 1
        histogram.counts[DurationHistogram.bucketCount - 1] = 4
        histogram.total = 1_500_000_000
        let family = MetricFamily(
            name: "d_seconds", kind: .histogram, help: "D.", labels: [.init(name: "tier")],
            histograms: [("memory", histogram)])
        let lines = family.exposition.split(separator: "\n").map(String.init)
        #expect(lines[2] == "d_seconds_bucket{tier=\"memory\",le=\"1e-05\"} 2")
        #expect(lines[3] == "d_seconds_bucket{tier=\"memory\",le=\"2e-05\"} 3")
        #expect(lines.dropLast(3).last == "d_seconds_bucket{tier=\"memory\",le=\"30.0\"} 3")
        #expect(
            lines.suffix(3) == [
                "d_seconds_bucket{tier=\"memory\",le=\"+Inf\"} 7", "d_seconds_sum{tier=\"memory\"} 1.5",
                "d_seconds_count{tier=\"memory\"} 7",
            ])
    }
}

@Suite struct `All metrics` {
    private let families = Readings().families(Metrics())

    @Test func `have names of their own, with the units and endings that Prometheus wants`() {
        #expect(Set(families.map(\.name)).count == families.count)
        for family in families {
            #expect(family.name.wholeMatch(of: /(mintcache|process)(_[a-z0-9]+)+/) != nil, "\(family.name)")
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
            #expect(family.name.firstMatch(of: /milli|_ms\b|_kb\b|_count$|_sum$|_bucket$/) == nil, "\(family.name)")
            #expect(!family.help.isEmpty && family.help.hasSuffix("."), "\(family.name)")
            for sample in family.samples { #expect(sample.labels.count == family.labels.count, "\(family.name)") }
        }
    }

    @Test func `are told apart by labels whose values the reference can tell`() {
        for family in families {
            for label in family.labels {
                #expect(label.meaning != nil || !family.samples.isEmpty || !family.histograms.isEmpty, "\(family.name)")
            }
        }
    }
}
