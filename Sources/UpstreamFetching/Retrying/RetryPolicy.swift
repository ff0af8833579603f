import EventLoops

/// Whether an attempt is worth repeating here and now, and after what pause. Pure.
struct RetryPolicy: Sendable {
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(2)

    let retries: Int

    /// The pause before the next attempt; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - attempt: how many attempts were made.
    ///   - retries: how many more than one there may be; `nil` for the usual number.
    ///   - remaining: the time left to the caller's deadline.
    ///   - chance: 0 ..< 1, for full jitter: clients that failed together must not return together.
    func pause(
        after outcome: Result<UpstreamResponse, FetchFailure>, attempt: Int, retries: Int? = nil,
        remaining: Duration, chance: Double
    ) -> Duration? {
        guard attempt <= retries ?? self.retries, Self.isWorthRepeating(outcome) else { return nil }
        let ceiling = min(Self.firstPause * (1 << min(attempt - 1, 16)), Self.longestPause)
        let pause = ceiling * chance
        return pause < remaining ? pause : nil
    }

    /// A host that said when to come back is not asked again before, and a full line does not empty by itself.
    private static func isWorthRepeating(_ outcome: Result<UpstreamResponse, FetchFailure>) -> Bool {
        switch outcome {
        case .success(let response):
            return (response.status == 429 || response.status >= 500) && response.value(of: "retry-after") == nil
        case .failure(let failure):
            switch failure.kind {
            case .connect, .timeout, .truncated: return true
            case .invalidRequest, .refusedURL, .refusedAddress, .nameNotFound, .tls, .tooLarge: return false
            case .malformedResponse, .tooManyRedirects, .overloaded, .breakerOpen: return false
            case .status, .cancelled, .closed: return false
            }
        }
    }
}
