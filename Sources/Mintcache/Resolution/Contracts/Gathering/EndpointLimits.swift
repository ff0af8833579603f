import EventLoops

/// What the endpoints of a chain turned out to take, so that they are not asked for more each time. Remembered for a
/// while: limits are raised, and bad hours pass.
struct EndpointLimits {
    private static let memory = Duration.seconds(60)
    /// A contract does not appear within minutes.
    private static let multicallMemory = Duration.seconds(600)

    private struct Limit {
        var size: Int
        var until: MonotonicTime
    }

    /// By URL; there are as many as the configuration names.
    private var limits: [String: Limit] = [:]
    private var withoutMulticall: [String: MonotonicTime] = [:]

    /// The most calls to send in one request, at most as many as configured.
    func calls(at url: String, upTo size: Int, _ now: MonotonicTime) -> Int {
        guard let limit = limits[url], now < limit.until else { return size }
        return min(limit.size, size)
    }

    /// So many calls were too many. What was found out earlier holds again at once.
    mutating func refused(_ count: Int, at url: String, _ now: MonotonicTime) {
        let earlier = limits[url].map(\.size) ?? count
        let size = earlier < count ? earlier : max(count / 2, 1)
        limits[url] = Limit(size: size, until: now + Self.memory)
    }

    mutating func accepted(_ count: Int, at url: String) {
        if let limit = limits[url], count > limit.size { limits[url] = nil }
    }

    /// A single call is refused too, so that refusing several said nothing.
    mutating func forget(_ url: String) {
        limits[url] = nil
    }

    func hasMulticall(at url: String, _ now: MonotonicTime) -> Bool {
        withoutMulticall[url].map { now >= $0 } ?? true
    }

    mutating func lacksMulticall(at url: String, _ now: MonotonicTime) {
        withoutMulticall[url] = now + Self.multicallMemory
    }
}
