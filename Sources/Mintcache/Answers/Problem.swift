import HTTPServing

/// Why a token could not be answered, as RFC 9457 tells it to a client.
struct Problem: Error, Sendable {
    /// One thing that was tried.
    struct Attempt: Sendable {
        /// The source it was tried for, such as `onchain`.
        var source: String
        /// `rpc` or `document`.
        var step: String
        /// The host asked, never a whole URL.
        var host: String
        /// A stable label of what came of it.
        var outcome: String
        var milliseconds: Int64
    }

    var status: Int
    var slug: String
    var title: String
    var detail: String
    var isRetryable: Bool?
    var source: String?
    var upstreamStatus: Int?
    var attempts: [Attempt] = []
    /// Seconds, for 429 and 503.
    var retryAfter: Int?
    /// The methods of the route, for 405.
    var allowed: String?
    /// Which of several reasons it was, for a program to tell them apart.
    var reason: String?
    /// How to be let in, for 401 (RFC 9110, section 11.6.1).
    var challenge: String?

    init(_ status: Int, _ slug: String, _ title: String, detail: String) {
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
    }

    /// What the names of all types begin with.
    static let typePrefix = "urn:mintcache:problem:"

    /// The `application/problem+json` document.
    var document: [UInt8] {
        var members: [(String, JSONNode)] = [
            ("type", .string(Self.typePrefix + slug)), ("title", .string(title)),
            ("status", .integer(status)), ("detail", .string(detail)),
        ]
        if let isRetryable { members.append(("retryable", .boolean(isRetryable))) }
        if let reason { members.append(("reason", .string(reason))) }
        if let source { members.append(("source", .string(source))) }
        if let upstreamStatus { members.append(("upstream_status", .integer(upstreamStatus))) }
        if !attempts.isEmpty {
            let list = attempts.map { attempt -> JSONNode in
                .object([
                    ("source", .string(attempt.source)), ("step", .string(attempt.step)),
                    ("host", .string(attempt.host)),
                    ("outcome", .string(attempt.outcome)), ("milliseconds", .integer(Int(attempt.milliseconds))),
                ])
            }
            members.append(("attempts", .array(list)))
        }
        return JSONNode.object(members).bytes
    }
}

extension Problem {
    static func invalidRequest(_ detail: String) -> Problem {
        Problem(400, "invalid-request", "Invalid request", detail: detail)
    }

    static func unknownChain(_ name: String, known: [String]) -> Problem {
        let list = known.isEmpty ? "none is configured" : "configured are: \(known.joined(separator: ", "))"
        return Problem(404, "unknown-chain", "Unknown chain", detail: "There is no chain \(name) here; \(list).")
    }

    static func unknownRoute(_ path: String) -> Problem {
        Problem(
            404, "unknown-route", "Unknown route",
            detail: """
                Nothing is served at \(KeyInPath.masked(path).prefix(64)). \
                Tokens are at /v1/{chain}/{contract}/{token_id}.
                """)
    }

    static func methodNotAllowed(_ allowed: String) -> Problem {
        var problem = Problem(405, "method-not-allowed", "Method not allowed", detail: "Allowed here: \(allowed).")
        problem.allowed = allowed
        return problem
    }

    /// What a client is told of a body that could not be read; `nil` when it is gone.
    static func requestBody(_ failure: BodyFailure) -> Problem? {
        switch failure.status {
        case 413:
            Problem(413, "content-too-large", "Content too large", detail: "The request's body is too large here.")
        case 408: Problem(408, "request-timeout", "Request timeout", detail: "The request's body did not come in time.")
        case nil: nil
        default: .invalidRequest("The request's body is not well formed, or ended early.")
        }
    }

    static let draining: Problem = {
        var problem = Problem(503, "draining", "Draining", detail: "This instance is shutting down; ask another.")
        problem.isRetryable = true
        problem.retryAfter = 1
        return problem
    }()

    static let notCached = Problem(
        504, "not-cached", "Not cached",
        detail: "The answer is not in the cache, and the request does not want it fetched.")

    static let timedOut: Problem = {
        var problem = Problem(
            504, "upstream-timeout", "Upstream timeout",
            detail: "No source answered within the request's deadline; the fetch goes on and will fill the cache.")
        problem.isRetryable = true
        problem.retryAfter = 1
        return problem
    }()
}
