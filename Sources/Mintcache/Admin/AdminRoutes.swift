import Caching
import EventLoops
import HTTPServing
import Tokens

/// What the admin API does, route by route.
struct AdminRoutes: Sendable {
    private static let maximumBody = 16 * 1024 * 1024

    let gate: AdminGate
    let trustedProxies: @Sendable () -> TrustedProxies
    let isMetricsPublic: Bool
    let warming: Warming
    let board: FlightBoard
    let explainer: Explainer
    let dashboard: Dashboard
    let statistics: Statistics
    let health: Health
    let chains: @Sendable () -> ChainDirectory
    let fleet: FleetMember
    let sessions: SessionDesk
    let configuration: @Sendable () -> Configuration
    let time: TimeSource
    let debugged: DebugTable
    let effectiveConfiguration: @Sendable () -> String
    let reload: @Sendable () async -> Result<Void, InvalidConfiguration>
    let log: Logger

    /// Nil when the answer has been sent.
    func response(to exchange: Exchange) async -> Response? {
        let request = exchange.request.withGetForHead
        if let file = dashboard.files.response(to: request) { return file }
        let isOpen = request.path == "/metrics" && isMetricsPublic || request.path == "/healthz"
        let client = request.withHead { [proxies = trustedProxies()] in proxies.client(of: $0) }
        if !isOpen, let refusal = refusal(of: request, from: client) { return refusal }
        if request.method == .get, request.path == "/admin/events" { return await dashboard.stream(to: exchange) }
        var action = AdminAction(request, of: client)
        do throws(Problem) {
            let response = try await route(request, exchange, &action)
            if let response { action?.log(response, nil, to: log) }
            return response
        } catch {
            let problem = error.allowed.map { .methodNotAllowed(Self.allMethods($0)) } ?? error
            if request.method == .options, let allowed = problem.allowed {
                return Response(status: 204, fields: [("Allow", allowed)])
            }
            action?.log(problem.response, problem.slug, to: log)
            return problem.response
        }
    }

    /// Those that a route names, and those that it need not: HEAD wherever there is GET, and OPTIONS.
    private static func allMethods(_ named: String) -> String {
        named.replacing("GET", with: "GET, HEAD") + ", OPTIONS"
    }

    /// What is answered to those who may not in.
    private func refusal(of request: Request, from client: SocketAddress) -> Response? {
        let verdict = gate.verdict(on: request[.authorization], from: client)
        guard verdict != .admitted else { return nil }
        log.warning(
            "an admin request was refused",
            [
                "path": String(request.path.prefix(200)), "client": client.numericHost, "peer": "\(request.peer)",
                "reason": verdict.label,
            ])
        guard case .blocked(let seconds) = verdict else { return Self.unauthorized }
        let words = "Too many wrong admin tokens came from this address; wait \(seconds) s."
        return Problem.rateLimited(words, seconds: seconds).response
    }

    /// - Parameter action: is told what it is about, as soon as that is known.
    private func route(
        _ request: Request, _ exchange: Exchange, _ action: inout AdminAction?
    ) async throws(Problem) -> Response? {
        guard let plain = CanonicalPath.decode(request.path) else {
            throw .invalidRequest("The path has broken percent-encoding, or characters that no path here has.")
        }
        if plain == "/admin/warm" || plain.hasPrefix("/admin/warm/") {
            return try await answerWarming(request.method, plain, exchange, &action)
        }
        let (path, identifier) = Self.pattern(of: plain)
        switch (request.method, path) {
        case (.get, "/healthz"):
            return health.liveness
        case (.get, "/metrics"):
            return Self.text(await statistics.exposition(), type: "text/plain; version=0.0.4; charset=utf-8")
        case (.get, "/admin/stats"):
            return Self.json(await statistics.document())
        case (.get, "/admin/config"):
            return Self.text(effectiveConfiguration(), type: "application/yaml; charset=utf-8")
        case (.post, "/admin/reload"):
            return await reloaded()
        case (.post, "/admin/purge"):
            return try await purged(exchange, &action)
        case (.get, "/admin/debug"):
            return debugging
        case (.post, "/admin/debug"):
            return try debug(try await body(of: exchange), &action)
        case (.get, "/admin/explain/{token}"):
            return try await explanation(of: identifier)
        case (.get, "/admin/entries/{token}"):
            return try await entries(of: identifier)
        case (.get, "/admin/tokens/{token}"):
            return try await token(of: identifier)
        case (.get, "/admin/errors"):
            return Self.json(dashboard.recent.document.bytes)
        case (.post, "/admin/refresh"):
            return try await startWarming(exchange, isRefresh: true, &action)
        case (.delete, "/admin/sessions/{wallet}"):
            return try await endSessions(of: identifier, &action)
        case (_, "/healthz"), (_, "/metrics"), (_, "/admin/stats"), (_, "/admin/config"),
            (_, "/admin/explain/{token}"), (_, "/admin/entries/{token}"), (_, "/admin/tokens/{token}"),
            (_, "/admin/errors"), (_, "/admin/events"):
            throw .methodNotAllowed("GET")
        case (_, "/admin/reload"), (_, "/admin/purge"), (_, "/admin/refresh"):
            throw .methodNotAllowed("POST")
        case (_, "/admin/sessions/{wallet}"):
            throw .methodNotAllowed("DELETE")
        case (_, "/admin/debug"):
            throw .methodNotAllowed("GET, POST")
        case _:
            if dashboard.files.contains(plain) { throw .methodNotAllowed("GET") }
            throw Problem(404, "unknown-route", "Unknown route", detail: "The admin API has no \(plain.prefix(200)).")
        }
    }

    /// A path with its variable part taken out.
    private static func pattern(of path: String) -> (pattern: String, identifier: String) {
        let variable = [
            ("/admin/explain/", "{token}"), ("/admin/entries/", "{token}"), ("/admin/tokens/", "{token}"),
            ("/admin/sessions/", "{wallet}"),
        ]
        for (prefix, name) in variable where path.hasPrefix(prefix) && path.count > prefix.count {
            return (prefix + name, String(path.dropFirst(prefix.count)))
        }
        return (path, "")
    }

    func body(of exchange: Exchange) async throws(Problem) -> [UInt8] {
        if exchange.request.hasCodedBody { throw .unsupportedCoding }
        do throws(BodyFailure) {
            return try await exchange.readBody(limit: Self.maximumBody)
        } catch {
            throw .requestBody(error) ?? .invalidRequest("The client has gone.")
        }
    }

    private func purged(_ exchange: Exchange, _ action: inout AdminAction?) async throws(Problem) -> Response {
        let body = try await body(of: exchange)
        let configuration = configuration()
        let request = try PurgeRequest(parsing: body, chains: chains(), places: configuration.purgePlaces)
        let what = request.scopes.count == 1 ? request.scopes[0].description : "\(request.scopes.count) tokens"
        action?.subject = what + (request.isSoft ? " (soft)" : "")
        do throws(Problem) {
            let report = try await fleet.purge(
                request.scopes, isSoft: request.isSoft, forgetting: configuration.longestKept(at: time.now))
            return Self.json(report.document)
        } catch {
            log.error("a purge was not confirmed", ["scope": what, "reason": error.detail])
            throw error
        }
    }

    private func reloaded() async -> Response {
        switch await reload() {
        case .success:
            return Self.json(JSONNode.object([("reloaded", true)]).bytes)
        case .failure(let invalid):
            let problem = Problem(
                422, "invalid-configuration", "Invalid configuration",
                detail: "Nothing was changed. " + invalid.problems.map(\.description).joined(separator: "; "))
            return problem.response
        }
    }

    private static let unauthorized: Response = {
        let problem = Problem(
            401, "unauthorized", "Unauthorized", detail: "Send the admin token as Authorization: Bearer <token>.")
        var response = problem.response
        response.fields.append(("WWW-Authenticate", "Bearer realm=\"mintcache\""))
        return response
    }()

    static func json(_ body: [UInt8]) -> Response {
        Response(
            status: 200, fields: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: body)
    }

    private static func text(_ text: String, type: String) -> Response {
        Response(
            status: 200, fields: [("Content-Type", type), ("Cache-Control", "no-store")], body: Array(text.utf8))
    }
}
