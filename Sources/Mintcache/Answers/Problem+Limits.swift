extension Problem {
    /// The client asks for more than it may.
    ///
    /// - Parameter seconds: after which it may again.
    static func rateLimited(_ detail: String, seconds: Int) -> Problem {
        var problem = Problem(429, "rate-limited", "Rate limited", detail: detail)
        problem.isRetryable = true
        problem.retryAfter = seconds
        return problem
    }

    static func addressLimited(seconds: Int) -> Problem {
        .rateLimited("Too many requests from this address; wait \(seconds) s.", seconds: seconds)
    }

    static func walletLimited(seconds: Int) -> Problem {
        .rateLimited("Too many requests from this wallet; wait \(seconds) s.", seconds: seconds)
    }
}
