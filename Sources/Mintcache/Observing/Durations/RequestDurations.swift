import Synchronization

/// How long the answers of one loop took, by tier. Written by that loop alone, so that counting is a load and a store
/// of two words; read from anywhere.
final class RequestDurations: Sendable {
    private let counts = InlineArray<126, Atomic<UInt64>> { _ in Atomic(0) }
    private let totals = InlineArray<6, Atomic<UInt64>> { _ in Atomic(0) }

    /// Call on the loop.
    @inline(__always)
    func add(_ nanoseconds: UInt64, to tier: AnswerTier) {
        let bucket = DurationHistogram.bucket(of: nanoseconds)
        Self.add(1, to: counts[tier.rawValue * DurationHistogram.bucketCount + bucket])
        Self.add(nanoseconds, to: totals[tier.rawValue])
    }

    @inline(__always)
    private static func add(_ amount: UInt64, to counter: borrowing Atomic<UInt64>) {
        counter.store(counter.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    fileprivate func histogram(of tier: AnswerTier) -> DurationHistogram {
        var histogram = DurationHistogram()
        for bucket in histogram.counts.indices {
            let index = tier.rawValue * DurationHistogram.bucketCount + bucket
            histogram.counts[bucket] = counts[index].load(ordering: .relaxed)
        }
        histogram.total = totals[tier.rawValue].load(ordering: .relaxed)
        return histogram
    }

    /// Those of all loops.
    final class OfAllLoops: Sendable {
        private let loops = Mutex<[RequestDurations]>([])

        func ofOneMoreLoop() -> RequestDurations {
            let durations = RequestDurations()
            loops.withLock { $0.append(durations) }
            return durations
        }

        func histogram(of tier: AnswerTier) -> DurationHistogram {
            loops.withLock { $0 }.reduce(into: DurationHistogram()) { $0 += $1.histogram(of: tier) }
        }
    }
}
