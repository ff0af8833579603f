public import EventLoops
import Glibc
import Synchronization

/// What the caches call now: milliseconds since 1970 that never jump. The wall clock is read once, at start; from then
/// on the monotonic clock counts, so that setting the machine's clock neither expires everything nor makes anything
/// immortal.
public final class TimeSource: Sendable {
    private let offset: Atomic<Int64>

    public init() {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let milliseconds = Int64(wall.tv_sec) * 1000 + Int64(wall.tv_nsec) / 1_000_000
        offset = Atomic(milliseconds - Self.milliseconds(.current))
    }

    /// Milliseconds since 1970. Any thread.
    public var now: Int64 { at(.current) }

    /// The same for a time read before, such as a loop's ``EventLoop/now``.
    @inline(__always)
    public func at(_ time: MonotonicTime) -> Int64 {
        Self.milliseconds(time) &+ offset.load(ordering: .relaxed)
    }

    /// Moves this clock, and no other: how a test makes a day pass.
    public func advance(by duration: Duration) {
        offset.add(duration.inMilliseconds, ordering: .relaxed)
    }

    private static func milliseconds(_ time: MonotonicTime) -> Int64 {
        Int64(clamping: time.nanoseconds / 1_000_000)
    }
}
