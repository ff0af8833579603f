import EventLoops
import HTTPCaching
import UpstreamFetching

/// Writes the request that an upstream gets for a client's.
struct OriginRequest: Sendable {
    let request: RouteRequest
    /// What is stored and to be validated.
    let stored: StoredHead?
    /// Whether the client's own conditions go along: the answer is for this client alone.
    let keepsConditions: Bool
    /// Whether it may be sent twice when an open connection turns out dead.
    let mayBeSentAgain: Bool

    private static let conditions = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since"]

    var exchange: ExchangeRequest {
        ExchangeRequest(
            method: request.method, origin: request.route.origin,
            target: request.route.upstreamTarget(for: request.url.target), fields: fields, body: request.body,
            trust: .configured, timeout: request.route.timeout, idleTimeout: request.route.idleTimeout,
            isRepeatable: mayBeSentAgain)
    }

    private var fields: HeaderFields {
        let route = request.route
        var fields = sentOn
        // The client of the next connection writes these itself.
        for name in ["host", "content-length", "expect"] { fields.removeAll(named: name) }
        let host = route.preservesHost ? request.url.authority : Array(route.authority.utf8)
        fields.lines.insert(FieldLine("Host", host), at: 0)
        if let stored {
            for name in Self.conditions { fields.removeAll(named: name) }
            fields.removeAll(named: "range")
            fields.removeAll(named: "if-range")
            fields.lines += Validation.conditionalFields(for: stored)
        } else if !keepsConditions {
            for name in Self.conditions { fields.removeAll(named: name) }
        }
        for line in route.requestFields {
            // Configured as empty, a field is taken out.
            if line.value.isEmpty { fields.removeAll(named: line.name) } else { fields.set(line.name, line.value) }
        }
        return fields
    }

    /// In override mode answers are everybody's whatever the origin says, so it must not see anything of a client that
    /// is not in the key.
    private var isOverride: Bool {
        guard request.way == .cached, case .override = request.route.rules.mode else { return false }
        return true
    }

    private var sentOn: HeaderFields {
        guard isOverride, let caching = request.route.caching else { return request.fields }
        var names = caching.keyFields + caching.varyFields + ["via", "x-forwarded-proto", "x-forwarded-host"]
        if case .bytes = request.body { names += ["content-type", "content-encoding"] }
        return HeaderFields(request.fields.lines.filter { line in names.contains { line.isNamed($0) } })
    }
}

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
