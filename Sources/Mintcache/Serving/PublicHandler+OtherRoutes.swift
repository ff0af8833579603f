import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// Everything but a token by its plain path: health, CORS preflights, other spellings, refusals.
extension PublicHandler {
    func handleOther(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if let handling = handleRoute(request, number, &writer) { return handling }
        if request.method == .options { return preflight(request, number, &writer) }
        if request.path.contains(0x25) || request.path.starts(with: "/v1/assets/".utf8) {
            return .deferred { [self] exchange in redirectToCanonical(exchange, number) }
        }
        switch String(decoding: request.path.prefix(64), as: UTF8.self) {
        case "/healthz", "/readyz":
            guard request.method == .get || request.method == .head else {
                return refuse(.methodNotAllowed("GET, HEAD"), request, number, &writer)
            }
            let isLiveness = request.path.elementsEqual("/healthz".utf8)
            return respond(isLiveness ? shared.health.liveness : shared.health.readiness, request, number, &writer)
        case let path: return refuse(.unknownRoute(path), request, number, &writer)
        }
    }

    /// Paths with percent-encoding, and CAIP-19 addresses, name the same token as their plain form.
    private func redirectToCanonical(_ exchange: Exchange, _ number: UInt64) {
        let request = exchange.request
        guard let path = CanonicalPath.decode(request.path) else {
            return respond(to: exchange, number, with: .invalidRequest("The path's percent-encoding is not valid."))
        }
        var plain = CanonicalPath.withoutAssets(path)
        let parsed = plain.withUTF8 { bytes -> Result<(TokenReference, TokenRepresentation), Problem> in
            guard let path = TokenPath(UnsafeRawBufferPointer(bytes)) else {
                return .failure(.unknownRoute(String(request.path.prefix(64))))
            }
            return Result { () throws(Problem) in (try reference(path), path.representation) }
        }
        switch parsed {
        case .success(let (reference, representation)):
            answerLater(exchange, reference, representation, number)
        case .failure(let problem):
            respond(to: exchange, number, with: problem)
        }
    }

    /// A token for an exchange, by the same rules as for a plain path.
    private func answerLater(
        _ exchange: Exchange, _ reference: TokenReference, _ representation: TokenRepresentation, _ number: UInt64
    ) {
        let request = exchange.request
        let now = shared.time.at(loop.now)
        if request.method != .get, request.method != .head {
            return respond(to: exchange, number, with: .methodNotAllowed("GET, HEAD, OPTIONS"))
        }
        if request.query != nil {
            return respond(to: exchange, number, with: .invalidRequest("Token routes take no query parameters."))
        }
        if let refusal = refusal(of: reference) { return respond(to: exchange, number, with: refusal) }
        if let entry = held(reference, representation, at: now) {
            let status = CacheStatus.hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory)
            return respond(to: exchange, number, since: now, Delivery(entry: entry, status: status))
        }
        if request.withHead({ $0.demandsCached }) { return respond(to: exchange, number, with: .notCached) }
        boarding(reference, representation, number)(exchange)
    }

    func preflight(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        writer.writeStatus(204)
        writer.write("Allow: GET, HEAD, OPTIONS\r\n")
        if request[.accessControlRequestMethod] != nil {
            writer.write("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n")
            writer.write("Access-Control-Allow-Headers: Accept, Content-Type, If-None-Match, Range, X-Request-Id\r\n")
            writer.write("Access-Control-Max-Age: 7200\r\n")
        }
        rules.origins.write(for: request[.origin], to: &writer)
        writer.finishHead(contentLength: nil)
        shared.metrics.answers.count(204)
        return .answered
    }

    func methodProblem(_ request: borrowing RequestHead) -> Problem {
        .methodNotAllowed("GET, HEAD, OPTIONS")
    }

    func refuse(
        _ problem: Problem, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if request.method == .options { return preflight(request, number, &writer) }
        return respond(problem.response, request, number, &writer)
    }

    /// - Parameter status: what the cache did about the request, where it came that far.
    func respond(to exchange: Exchange, _ number: UInt64, with problem: Problem, _ status: CacheStatus? = nil) {
        let request = exchange.request
        var response = problem.response
        if let status { response.fields.append(("Cache-Status", status.text)) }
        exchange.respond { writer in
            request.withHead { head in _ = self.respond(response, head, number, &writer) }
        }
    }

    private func respond(
        _ response: Response, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        let now = shared.time.at(loop.now)
        let answer = AnswerWriter(rules: rules, now: now, requestNumber: number)
        writer.writeStatus(response.status)
        for field in response.fields { writer.writeField(name: field.name, value: field.value) }
        answer.writeRequestIdentifier(request, &writer)
        rules.origins.write(for: request[.origin], to: &writer)
        writer.finishHead(contentLength: response.body.count)
        writer.writeBody(response.body)
        note(request, number, response.status, response.body.count, nil, milliseconds: 0)
        return .answered
    }
}
