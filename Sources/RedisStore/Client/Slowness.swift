import EventLoops

/// Notices a server that answers, but too slowly to be of use: several late replies with no timely one between them.
struct Slowness {
    /// So many replies in a row open the breaker.
    static let limit = 5

    private var lateReplies = 0
    private var lastLate: MonotonicTime?

    /// Takes a reply into account; true when it was one late reply too many. Those that are read in one turn of the
    /// loop were held up by the same thing and count once.
    mutating func isTooMuch(afterReplyIn taken: Duration, limit: Duration, at now: MonotonicTime) -> Bool {
        guard taken >= limit else {
            lateReplies = 0
            return false
        }
        guard lastLate != now else { return false }
        lastLate = now
        lateReplies += 1
        return lateReplies >= Self.limit
    }
}
