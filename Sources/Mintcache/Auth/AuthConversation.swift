import HTTPCaching
import HTTPServing
import Sessions
import Tokens

/// One request under `/auth/` and its answer.
struct AuthConversation {
    /// Of bodies, in bytes: a message and the longest signature in hexadecimal digits, with room to spare.
    private static let bodyLimit = 64 * 1024

    let exchange: Exchange
    let client: ClientKey
    let rules: SessionRules
    let desk: SessionDesk

    /// The answer; `nil` when the client is gone. Call on the exchange's loop.
    func answer(_ resource: AuthResource) async throws(Problem) -> Response? {
        let method = exchange.request.method
        if method != .get, method != .head { try rules.checkOrigin(of: exchange.request) }
        switch (resource, method) {
        case (.nonce, _): return try await nonce()
        case (.verify, _): return try await verify()
        case (.session, .patch): return try await rename()
        case (.session, .delete): return try await signOut()
        case (.sessions, .delete): return try await signOutEverywhere()
        case (.session, _):
            return .json(try await desk.session(token, by: rules).node(terms: rules.terms))
        case (.sessions, _): return try await list()
        }
    }

    private var token: SessionToken? {
        SessionCookie.session.value(in: exchange.request).flatMap { SessionToken($0[...]) }
    }

    // MARK: Signing in

    private func nonce() async throws(Problem) -> Response? {
        guard try await body(known: [], mayBeMissing: true) != nil else { return nil }
        let (nonce, browser, end) = try await desk.issueNonce(
            to: SessionCookie.browser.value(in: exchange.request), by: rules)
        var response = Response.json(
            .object([("nonce", .string(nonce)), ("expires_at", .string(InternetTimestamp.text(end / 1000)))]))
        response.fields.append(SessionCookie.browser.setting(to: browser, for: rules.signIn.window / 1000))
        return response
    }

    private func verify() async throws(Problem) -> Response? {
        guard let body = try await body(known: ["message", "signature"]) else { return nil }
        guard let message = body.root["message"]?.string else {
            throw .invalidRequest("message must be the text that was signed.")
        }
        let text = body.root["signature"]?.string ?? ""
        guard text.hasPrefix("0x"), let signature = Hex.bytes(text.dropFirst(2)),
            signature.count <= ContractSignature.maximumLength
        else { throw .invalidRequest("signature must be 0x and two hexadecimal digits for each byte.") }
        let attempt = SignInAttempt(
            message: message, signature: signature, browser: SessionCookie.browser.value(in: exchange.request),
            session: token, agent: exchange.request[.userAgent] ?? "", client: client)
        let session = try await desk.signIn(attempt, by: rules)
        var response = Response.json(session.node(terms: rules.terms))
        response.fields += [
            SessionCookie.session.setting(to: session.token.text, for: rules.terms.absolute / 1000),
            SessionCookie.browser.setting(to: "", for: 0),
        ]
        return response
    }

    // MARK: With a session

    private func rename() async throws(Problem) -> Response? {
        let session = try await desk.session(token, by: rules)
        guard let body = try await body(known: ["username"]) else { return nil }
        guard let text = body.root["username"]?.string else { throw .invalidRequest("username must be a text.") }
        let name: Username
        do throws(Username.Fault) {
            name = try Username(text)
        } catch {
            throw .invalidUsername(error)
        }
        return .json(try await desk.rename(session, to: name).node(terms: rules.terms))
    }

    private func list() async throws(Problem) -> Response {
        guard let token, let (current, record) = try await desk.visitor(token, by: rules) else {
            throw .sessionRequired
        }
        let sessions = try await desk.sessions(of: record.wallet, by: rules)
        let nodes = sessions.map { key, record in
            JSONNode.object(
                [
                    ("id", .string(key.name)), ("current", .boolean(key == current)),
                    ("chain", .string("eip155:\(record.chain)")), ("user_agent", .string(record.agent)),
                ] + record.times(terms: rules.terms))
        }
        return .json(.object([("sessions", .array(nodes))]))
    }

    /// Also without a session, so that a page that signs out is always rid of its cookies.
    private func signOut() async throws(Problem) -> Response {
        if let token { try await desk.end(token) }
        return .signedOut
    }

    private func signOutEverywhere() async throws(Problem) -> Response {
        guard let token, let (_, record) = try await desk.visitor(token, by: rules) else { throw .sessionRequired }
        try await desk.endAll(of: record.wallet, by: rules.terms)
        return .signedOut
    }

    // MARK: Bodies

    /// The body; `nil` when the client is gone.
    private func body(known: [String], mayBeMissing: Bool = false) async throws(Problem) -> AdminBody? {
        let bytes: [UInt8]
        do throws(BodyFailure) {
            bytes = try await exchange.readBody(limit: Self.bodyLimit)
        } catch {
            guard let problem = Problem.requestBody(error) else { return nil }
            throw problem
        }
        if bytes.isEmpty, mayBeMissing { return try AdminBody(parsing: Array("{}".utf8), known: known) }
        // A form on another site cannot send this type without being asked first (Fetch standard, CORS-safelisted).
        let type = (exchange.request[.contentType] ?? "").prefix { $0 != ";" && $0 != " " }
        guard type.lowercased() == "application/json", exchange.request[.contentEncoding] == nil else {
            throw .jsonNeeded
        }
        return try AdminBody(parsing: bytes, known: known)
    }
}

extension Response {
    fileprivate static func json(_ node: JSONNode) -> Response {
        Response(status: 200, fields: [("Content-Type", "application/json")] + own, body: node.bytes)
    }

    fileprivate static var signedOut: Response { Response(status: 204, fields: own + SessionCookie.clearing) }

    private static var own: [(name: String, value: String)] {
        [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    }
}

extension LiveSession {
    fileprivate func node(terms: SessionTerms) -> JSONNode {
        let user = JSONNode.object([
            ("id", .string(self.user.id)), ("username", JSONNode(self.user.username)),
            ("created_at", .string(InternetTimestamp.text(self.user.createdAt / 1000))),
        ])
        return .object(
            [
                ("id", .string(key.name)), ("wallet_address", .string(record.wallet.checksummed)),
                ("chain", .string("eip155:\(record.chain)")), ("user", user),
            ] + record.times(terms: terms))
    }
}

extension SessionRecord {
    fileprivate func times(terms: SessionTerms) -> [(String, JSONNode)] {
        [
            ("created_at", createdAt), ("last_seen_at", lastSeenAt), ("expires_at", terms.end(of: self)),
            ("idle_expires_at", terms.idleEnd(of: self)),
        ].map { ($0, .string(InternetTimestamp.text($1 / 1000))) }
    }
}
