import Glibc

/// A point on `CLOCK_MONOTONIC`: what deadlines are measured against, because it never jumps.
public struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since an unspecified start, the same for the whole machine until it reboots.
    public let nanoseconds: UInt64

    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The time now, read from the kernel's vDSO (about 25 ns). On a loop prefer ``EventLoop/now``.
    public static var current: MonotonicTime {
        var value = timespec()
        clock_gettime(CLOCK_MONOTONIC, &value)
        return MonotonicTime(nanoseconds: UInt64(value.tv_sec) &* 1_000_000_000 &+ UInt64(value.tv_nsec))
    }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at both ends of the clock.
    public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let delta = duration.inNanoseconds
        if delta < 0 {
            let (difference, underflow) = time.nanoseconds.subtractingReportingOverflow(delta.magnitude)
            return MonotonicTime(nanoseconds: underflow ? 0 : difference)
        }
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(UInt64(delta))
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    public static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        .nanoseconds(Int64(clamping: left.nanoseconds) - Int64(clamping: right.nanoseconds))
    }
}

extension Duration {
    /// The whole duration in nanoseconds, clamped to what 64 bits hold (292 years).
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        if carried { return seconds < 0 ? .min : .max }
        return sum
    }

    /// The whole duration in milliseconds, rounded towards zero.
    public var inMilliseconds: Int64 { inNanoseconds / 1_000_000 }
}
