/// How long an answer stays fresh, by what it says.
public struct LifetimePolicy: Sendable, Hashable {
    /// What an answer says.
    public enum Outcome: Sendable, Hashable, CaseIterable {
        /// Here is the document.
        case document
        /// There is no such thing.
        case missing
        /// It could not be had, or not be used.
        case failure
    }

    /// Of a document, in milliseconds.
    public let document: Int64
    /// Of an absence, in milliseconds.
    public let missing: Int64
    /// Of a failure, in milliseconds; never exceeded, so that recovery is seen in time.
    public let failure: Int64
    /// How far a lifetime may be moved, in hundredths of itself: 0 to 100.
    public let jitterPercent: Int

    /// Lifetimes below zero count as zero.
    public init(document: Duration, missing: Duration, failure: Duration, jitterPercent: Int) {
        self.document = max(0, document.wholeMilliseconds)
        self.missing = max(0, missing.wholeMilliseconds)
        self.failure = max(0, failure.wholeMilliseconds)
        self.jitterPercent = min(max(jitterPercent, 0), 100)
    }

    /// The lifetime of an answer in milliseconds.
    ///
    /// - Parameter digest: of the answer's key, by ``ExpiryJitter/digest(_:)``.
    public func lifetime(of outcome: Outcome, digest: UInt64) -> Int64 {
        switch outcome {
        case .document: ExpiryJitter.spread(document, percent: jitterPercent, digest: digest)
        case .missing: ExpiryJitter.spread(missing, percent: jitterPercent, digest: digest)
        case .failure: ExpiryJitter.shortened(failure, percent: jitterPercent, digest: digest)
        }
    }

    /// When an answer stops being fresh, in milliseconds since 1970.
    public func freshUntil(fetchedAt: Int64, outcome: Outcome, digest: UInt64) -> Int64 {
        let (sum, overflow) = fetchedAt.addingReportingOverflow(lifetime(of: outcome, digest: digest))
        return overflow ? .max : sum
    }
}
