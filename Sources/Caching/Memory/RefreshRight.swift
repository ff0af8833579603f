import Synchronization

/// The right to fetch an answer anew, which of all who ask at once exactly one gets.
struct RefreshRight: ~Copyable, Sendable {
    private let notBefore = Atomic<Int64>(.min)

    /// Takes the right, if it is free.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - interval: milliseconds until it falls free again.
    func claim(at now: Int64, retryingAfter interval: Int64) -> Bool {
        let free = notBefore.load(ordering: .relaxed)
        guard now >= free else { return false }
        let (next, overflow) = now.addingReportingOverflow(max(1, interval))
        return notBefore.compareExchange(
            expected: free, desired: overflow ? .max : next, ordering: .relaxed
        ).exchanged
    }
}
