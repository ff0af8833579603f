/// How long an answer stays fresh, by what it says and how often in a row it has been said.
public struct LifetimePolicy: Sendable, Hashable {
    /// What an answer says.
    public enum Outcome: Sendable, Hashable, CaseIterable {
        /// Here is the document.
        case document
        /// Here is the document, and where it lies determines its bytes for ever.
        case immutable
        /// Here is what stands for the document until there is one.
        case placeholder
        /// There is no such thing.
        case missing
        /// It is there and cannot be used.
        case malformed
        /// Whoever has it does not give it, or it lies where nobody goes.
        case refused
        /// It could not be had this time.
        case failure

        /// Whether the answer is expected to change by itself.
        public var isPassing: Bool {
            switch self {
            case .document, .immutable: false
            case .placeholder, .missing, .malformed, .refused, .failure: true
            }
        }
    }

    /// Milliseconds by outcome, for the first time an answer is given.
    private let lifetimes: [Outcome: Int64]
    /// Up to how many times its first lifetime a passing answer is kept when it comes again and again.
    public let growthLimit: Int
    /// How far a lifetime may be moved, in hundredths of itself: 0 to 100.
    public let jitterPercent: Int

    /// Lifetimes below zero, and of outcomes not given, count as zero.
    public init(_ lifetimes: [Outcome: Duration], growthLimit: Int, jitterPercent: Int) {
        self.lifetimes = lifetimes.mapValues { max(0, $0.wholeMilliseconds) }
        self.growthLimit = max(1, growthLimit)
        self.jitterPercent = min(max(jitterPercent, 0), 100)
    }

    /// The same with another lifetime for documents, whether their bytes are determined or not.
    public func keepingDocuments(for lifetime: Duration) -> LifetimePolicy {
        var lifetimes = lifetimes.mapValues { Duration.milliseconds($0) }
        lifetimes[.document] = lifetime
        lifetimes[.immutable] = lifetime
        return LifetimePolicy(lifetimes, growthLimit: growthLimit, jitterPercent: jitterPercent)
    }

    /// The lifetime of an answer in milliseconds. A passing answer is kept twice as long each time it comes again.
    ///
    /// What may pass at any moment is never kept longer than its lifetime, so that recovery is seen in time; all others
    /// are moved either way.
    ///
    /// - Parameters:
    ///   - repetitions: how many times in a row it was given, this one included.
    ///   - digest: of the answer's key, by ``ExpiryJitter/digest(_:)``.
    public func lifetime(of outcome: Outcome, repetitions: Int = 1, digest: UInt64) -> Int64 {
        derivation(of: outcome, repetitions: repetitions, digest: digest).lifetime
    }

    /// How the lifetime of an answer comes about.
    public struct Derivation: Sendable, Hashable {
        /// The lifetime of a first answer of its kind, in milliseconds.
        public let base: Int64
        /// The same after growth, in milliseconds.
        public let grown: Int64
        /// By how much that is moved, in milliseconds.
        public let jitter: Int64

        /// What comes of it, in milliseconds.
        public var lifetime: Int64 { grown + jitter }

        /// When an answer stops being fresh, in milliseconds since 1970.
        public func freshUntil(fetchedAt: Int64) -> Int64 {
            let (sum, overflow) = fetchedAt.addingReportingOverflow(lifetime)
            return overflow ? .max : sum
        }
    }

    /// The parts of ``lifetime(of:repetitions:digest:)``.
    public func derivation(of outcome: Outcome, repetitions: Int = 1, digest: UInt64) -> Derivation {
        let base = lifetimes[outcome] ?? 0
        let grown = outcome.isPassing ? grown(base, repetitions) : base
        let jitter =
            switch outcome {
            case .document, .immutable, .placeholder, .missing:
                ExpiryJitter.shift(grown, percent: jitterPercent, digest: digest)
            case .malformed, .refused, .failure:
                -abs(ExpiryJitter.shift(grown, percent: jitterPercent, digest: digest))
            }
        return Derivation(base: base, grown: grown, jitter: jitter)
    }

    /// When an answer stops being fresh, in milliseconds since 1970.
    public func freshUntil(fetchedAt: Int64, outcome: Outcome, repetitions: Int = 1, digest: UInt64) -> Int64 {
        derivation(of: outcome, repetitions: repetitions, digest: digest).freshUntil(fetchedAt: fetchedAt)
    }

    private func grown(_ first: Int64, _ repetitions: Int) -> Int64 {
        let doublings = min(max(repetitions - 1, 0), 30)
        let factor = Int64(min(1 << doublings, growthLimit))
        let (product, overflow) = first.multipliedReportingOverflow(by: factor)
        return overflow ? .max / 2 : product
    }
}
