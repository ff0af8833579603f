import EventLoops
import HTTPCaching
import HTTPServing
import Sessions

/// Who asks, on routes that want to know.
enum RouteVisitor {
    /// The field that tells an upstream the address of the wallet, in lower case. Nobody else's line of that name, in
    /// whatever spelling, gets through on any route.
    static let fieldName = "X-Mintcache-Wallet"
    private static let spelling = Array(fieldName.lowercased().utf8)

    /// Whether some origin takes a line for it: those that hand fields on as variables (RFC 3875, section 4.1.18) may
    /// write an underscore for whatever is neither a letter nor a digit.
    static func isTaken(from line: FieldLine) -> Bool {
        let name = line.name.utf8
        return name.count == spelling.count
            && zip(name, spelling).allSatisfy { byte, expected in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20 == expected
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte == expected
                case _: expected == UInt8(ascii: "-")
                }
            }
    }
}

extension PublicHandler {
    /// A request on a route with `auth`: answered when it is known whose it is.
    func admit(_ exchange: Exchange, _ reading: RouteReading, _ number: UInt64) {
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            do throws(Problem) {
                let wallet = try await handler.value.visitor(of: exchange.request, on: reading.route)
                handler.value.proceed(exchange, reading.asked(by: wallet), number)
            } catch {
                handler.value.respond(to: exchange, number, with: error)
            }
        }
    }

    private func proceed(_ exchange: Exchange, _ reading: RouteReading, _ number: UInt64) {
        if reading.keysBody { return answerByBody(exchange, reading, number) }
        answerLater(exchange, reading, reading.key(), body: ClientBody(exchange, on: reading.route), number)
    }

    /// Whose the request is; `nil` for nobody's, where that may be.
    private func visitor(of request: Request, on route: Route) async throws(Problem) -> WalletAddress? {
        guard let rules = rules.sessions else { throw .sessionRequired }
        let token = SessionCookie.session.value(in: request).flatMap { SessionToken($0[...]) }
        var found: (SessionKey, SessionRecord)?
        if let token { found = try await shared.sessions.visitor(token, by: rules) }
        guard let (key, _) = found else {
            if route.auth == .required { throw .sessionRequired }
            return nil
        }
        // The cookie comes with whatever page makes the browser ask; only our own may change anything in its name.
        if ![.get, .head, .options].contains(request.method) { try rules.checkOrigin(of: request) }
        if let seconds = route.wallets?.admit(key.wallet, at: shared.time.at(loop.now)) {
            shared.metrics.rateLimitedRequests.increment()
            throw .walletLimited(seconds: seconds)
        }
        return key.wallet
    }
}

/// What caches in front, and browsers, get to see of answers on routes with `auth`: who asks is known by a cookie that
/// they do not look at, so only this proxy may share an answer, and each use is to be asked for.
enum PrivateAnswer {
    private static let directives = [
        "cache-control", "cdn-cache-control", "cloudflare-cdn-cache-control", "mintcache-cache-control", "pragma",
        "surrogate-control", "vercel-cdn-cache-control", "expires",
    ]

    static func fields(_ fields: HeaderFields) -> HeaderFields {
        var fields = fields
        let given = String(decoding: fields.combined("cache-control") ?? [], as: UTF8.self).lowercased()
        fields.lines.removeAll { line in
            directives.contains { line.isNamed($0) } || line.foldedName.hasSuffix("-cdn-cache-control")
        }
        fields.append("Cache-Control", given.contains("no-store") ? "no-store" : "private, no-cache")
        return fields
    }
}
