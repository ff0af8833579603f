/// What may be done with a stored answer now.
public enum Freshness: Sendable, Hashable, CaseIterable {
    /// Answer with it.
    case fresh
    /// Answer with it and fetch anew behind the answer.
    case staleWhileRevalidate
    /// Fetch first; answer with it when that fails.
    case staleIfError
    /// It must not be used.
    case expired
}

/// How long past its freshness an answer may still be used (RFC 5861).
public struct StalenessPolicy: Sendable, Hashable {
    /// Milliseconds past freshness in which a stale answer is sent at once.
    public let staleWhileRevalidate: Int64
    /// Milliseconds past freshness in which a stale answer stands in for an error.
    public let staleIfError: Int64

    /// How far ahead the clock that stamped an answer may be before the stamp is held to be wrong, in milliseconds.
    public static let clockTolerance: Int64 = 60_000

    /// Allowances below zero count as zero.
    public init(staleWhileRevalidate: Duration, staleIfError: Duration) {
        self.staleWhileRevalidate = max(0, staleWhileRevalidate.wholeMilliseconds)
        self.staleIfError = max(0, staleIfError.wholeMilliseconds)
    }

    /// What may be done at `now` with an answer fetched at `fetchedAt`; all in milliseconds since 1970.
    ///
    /// An answer from the future, left by a clock that was set back, is used and refreshed: believing its stamp could
    /// keep it for ever, refusing it would empty the cache at once.
    public func freshness(fetchedAt: Int64, freshUntil: Int64, now: Int64) -> Freshness {
        if now < freshUntil {
            let (ahead, overflow) = fetchedAt.subtractingReportingOverflow(now)
            return overflow || ahead > Self.clockTolerance ? .staleWhileRevalidate : .fresh
        }
        let (staleness, overflow) = now.subtractingReportingOverflow(freshUntil)
        if overflow { return .expired }
        if staleness < staleWhileRevalidate { return .staleWhileRevalidate }
        return staleness < staleIfError ? .staleIfError : .expired
    }
}

/// The age of a stored answer for the `Age` field (RFC 9111, section 5.1).
public enum Age {
    /// Whole seconds between two times in milliseconds; never below zero, whatever the clocks did.
    public static func seconds(fetchedAt: Int64, now: Int64) -> Int64 {
        let (difference, overflow) = now.subtractingReportingOverflow(fetchedAt)
        return overflow ? 0 : max(0, difference / 1_000)
    }
}
