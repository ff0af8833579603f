import EventLoops
import HTTPCaching
import UpstreamFetching

extension FetchFailure {
    /// Whether the upstream was not reached, or broke off.
    var isBrokenConnection: Bool {
        switch kind {
        case .connect, .truncated: true
        case .invalidRequest, .refusedURL, .refusedAddress, .nameNotFound, .tls, .timeout, .tooLarge: false
        case .malformedResponse, .tooManyRedirects, .overloaded, .breakerOpen, .status, .cancelled, .closed: false
        }
    }

    /// What a stale stand-in's `Cache-Status` says about it.
    var statusDetail: CacheStatus.Detail {
        switch kind {
        case .timeout: .originTimeout
        case .connect, .nameNotFound, .breakerOpen, .overloaded, .tls: .originUnreachable
        case .invalidRequest, .refusedURL, .refusedAddress, .tooLarge, .truncated, .malformedResponse: .originError
        case .tooManyRedirects, .status, .cancelled, .closed: .originError
        }
    }
}

extension Problem {
    /// What a client is told of an upstream's failure. The upstream's address is the operator's business.
    static func upstream(_ failure: FetchFailure, of route: Route) -> Problem {
        var problem: Problem
        switch failure.kind {
        case .timeout:
            problem = Problem(
                504, "upstream-timeout", "Upstream timeout", detail: "The upstream did not answer in time.")
        case .overloaded, .breakerOpen:
            problem = Problem(
                503, "overloaded", "Overloaded",
                detail: "The upstream is left alone for a moment, after failures or because too many wait for it.")
            problem.retryAfter = 1
        case .malformedResponse:
            problem = Problem(
                502, "upstream-failed", "Upstream failed", detail: "The upstream's answer was not valid HTTP.")
        case .truncated:
            problem = Problem(502, "upstream-failed", "Upstream failed", detail: "The upstream's answer broke off.")
        case .invalidRequest, .refusedURL, .refusedAddress, .nameNotFound, .connect, .tls, .tooLarge,
            .tooManyRedirects, .status, .cancelled, .closed:
            problem = Problem(502, "upstream-failed", "Upstream failed", detail: "The upstream could not be asked.")
        }
        problem.isRetryable = failure.isRetryable
        problem.source = route.name
        return problem
    }
}
