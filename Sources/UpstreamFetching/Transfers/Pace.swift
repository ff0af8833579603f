import EventLoops

/// The least speed at which a body must arrive.
public struct PaceLimits: Sendable, Hashable {
    public var window = Duration.seconds(5)
    /// Bytes on the wire in each window.
    public var minimumBytes: Int64 = 5 * 1024

    public init() {}
}

/// Watches the speed of one body, window by window. Pure: time is an argument.
struct Pace {
    private let limits: PaceLimits
    private var windowStart: MonotonicTime?
    private var countAtStart: Int64 = 0

    init(_ limits: PaceLimits) {
        self.limits = limits
    }

    /// - Parameter received: the body's bytes so far. Call only once the header section is complete.
    mutating func isTooSlow(received: Int64, at now: MonotonicTime) -> Bool {
        guard let start = windowStart else {
            windowStart = now
            countAtStart = received
            return false
        }
        guard now - start >= limits.window else { return false }
        let isTooSlow = received - countAtStart < limits.minimumBytes
        windowStart = now
        countAtStart = received
        return isTooSlow
    }
}
