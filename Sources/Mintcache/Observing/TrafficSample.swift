import EventLoops

/// What was answered in a short span of time.
struct TrafficSample: Sendable {
    /// Counts on from the first one of this process, which is 1.
    let number: Int
    /// The span's end, in milliseconds since 1970.
    let at: Int64
    let duration: Duration
    /// How many answers each tier gave.
    let answers: [(tier: AnswerTier, count: UInt64)]
    /// Of what was asked for; refusals, probes and the like are left out.
    let durations: DurationHistogram
    let lookups: [(tier: String, hits: UInt64, misses: UInt64)]
    /// Answers with a status from 500 on.
    let serverErrors: UInt64

    var document: JSONNode {
        func milliseconds(_ part: Double) -> JSONNode {
            durations.quantile(part).map { .number(($0 * 1_000_000).rounded() / 1000) } ?? .null
        }
        func number(_ count: UInt64) -> JSONNode { .integer(Int(clamping: count)) }
        return .object([
            ("number", .integer(self.number)), ("at", .integer(Int(at))),
            ("seconds", .seconds(duration.inMilliseconds)),
            ("answers", .object(answers.map { ($0.tier.label, number($0.count)) })),
            ("p50_ms", milliseconds(0.5)), ("p95_ms", milliseconds(0.95)), ("p99_ms", milliseconds(0.99)),
            (
                "lookups",
                .object(
                    lookups.map { ($0.tier, .object([("hits", number($0.hits)), ("misses", number($0.misses))])) })
            ),
            ("server_errors", number(serverErrors)),
        ])
    }
}

/// Takes samples: what the counters have grown by since the last one.
struct TrafficMeter {
    private struct Reading {
        let time: MonotonicTime
        let histograms: [DurationHistogram]
        let lookups: [(tier: String, hits: UInt64, misses: UInt64)]
        let serverErrors: UInt64

        init(_ metrics: Metrics, at time: MonotonicTime) {
            self.time = time
            histograms = AnswerTier.allCases.map { metrics.durations.histogram(of: $0) }
            lookups = [
                ("memory", metrics.memoryHits.current, metrics.memoryMisses.current),
                ("redis", metrics.redisHits.current, metrics.redisMisses.current),
                ("archive", metrics.archiveHits.current, metrics.archiveMisses.current),
            ]
            serverErrors = metrics.answers[5]
        }
    }

    private let metrics: Metrics
    private var last: Reading
    private var count = 0

    init(_ metrics: Metrics, at time: MonotonicTime) {
        self.metrics = metrics
        last = Reading(metrics, at: time)
    }

    /// - Parameter wallTime: now, in milliseconds since 1970.
    mutating func sample(at time: MonotonicTime, _ wallTime: Int64) -> TrafficSample {
        let now = Reading(metrics, at: time)
        defer { last = now }
        count += 1
        let grown = zip(now.histograms, last.histograms).map { $0 - $1 }
        let asked = zip(AnswerTier.allCases, grown).filter { $0.0 != .none }
        return TrafficSample(
            number: count, at: wallTime, duration: now.time - last.time,
            answers: zip(AnswerTier.allCases, grown).map { ($0, $1.count) },
            durations: asked.reduce(into: DurationHistogram()) { $0 += $1.1 },
            lookups: zip(now.lookups, last.lookups).map { ($0.tier, $0.hits &- $1.hits, $0.misses &- $1.misses) },
            serverErrors: now.serverErrors &- last.serverErrors)
    }
}

extension DurationHistogram {
    fileprivate static func - (left: DurationHistogram, right: DurationHistogram) -> DurationHistogram {
        var difference = left
        for bucket in left.counts.indices { difference.counts[bucket] &-= right.counts[bucket] }
        difference.total &-= right.total
        return difference
    }
}
