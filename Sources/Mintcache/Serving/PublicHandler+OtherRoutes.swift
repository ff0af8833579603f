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
        if let handling = handleAuth(request, number, &writer) { return handling }
        if let handling = handleDropIn(request, number, &writer) { return handling }
        if let handling = handleContent(request, number, &writer) { return handling }
        if let handling = handleRoute(request, number, &writer) { return handling }
        guard let plain = CanonicalPath.plain(request.path) else {
            return refuse(.invalidRequest(CanonicalPath.fault(of: request.path)), request, number, &writer)
        }
        guard let path = PublicPath(plain) else { return refuse(.unknownRoute(plain), request, number, &writer) }
        guard path.allows(request.method) else {
            if request.method == .options { return preflight(request, allowing: path.methods, &writer) }
            return refuse(.methodNotAllowed(path.methods), request, number, &writer)
        }
        do throws(Problem) {
            return try handle(path, request, number, &writer)
        } catch {
            return refuse(error, request, number, &writer)
        }
    }

    private func handle(
        _ path: PublicPath, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) throws(Problem) -> Handling {
        if request.query != nil, !path.ignoresQuery {
            throw .invalidRequest("This route takes no query parameters.")
        }
        switch path.resource {
        case .liveness: return respond(shared.health.liveness, request, number, since: loop.now, &writer)
        case .readiness: return respond(shared.health.readiness, request, number, since: loop.now, &writer)
        case .token(let representation):
            return answer(try path.reference(in: rules.chains), representation, request, number, &writer)
        case .contract:
            return try answer(try path.collection(in: rules.chains), request, number, &writer)
        case .batch:
            return .deferred { [self] exchange in answerBatch(exchange, number) }
        case .refresh:
            let reference = try path.reference(in: rules.chains)
            if let refusal = rules.refusal(of: reference) { throw refusal }
            return .deferred { [self] exchange in refresh(reference, for: exchange, number) }
        }
    }

    /// - Parameter fields: those that pages may send.
    func preflight(
        _ request: borrowing RequestHead, allowing methods: String,
        fields: StaticString = "Accept, Content-Type, If-None-Match, Prefer, Range, X-Request-Id",
        origins: CrossOriginRules? = nil, isKept: Bool = true, _ writer: inout ResponseWriter
    ) -> Handling {
        writer.writeStatus(204)
        if !isKept { writer.writeField(name: "Cache-Control", value: "no-store") }
        writer.writeField(name: "Allow", value: methods)
        if request[.accessControlRequestMethod] != nil {
            writer.writeField(name: "Access-Control-Allow-Methods", value: methods)
            writer.write("Access-Control-Allow-Headers: ")
            writer.write(fields)
            writer.write("\r\nAccess-Control-Max-Age: 7200\r\n")
        }
        (origins ?? rules.origins).write(for: request[.origin], to: &writer)
        writer.finishHead(contentLength: nil)
        shared.metrics.answers.count(204)
        return .answered
    }

    func refuse(
        _ problem: Problem, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if request.method == .options { return preflight(request, allowing: "GET, HEAD, OPTIONS", &writer) }
        return respond(problem.response, request, number, since: loop.now, &writer)
    }

    /// - Parameter status: what the cache did about the request, where it came that far.
    func respond(to exchange: Exchange, _ number: UInt64, with problem: Problem, _ status: CacheStatus? = nil) {
        var response = problem.response
        if let status { response.fields.append(("Cache-Status", status.text)) }
        respond(to: exchange, number, response)
    }

    /// - Parameter origins: whose pages may read the answer, where it is not everybody's.
    func respond(
        to exchange: Exchange, _ number: UInt64, _ response: Response, for origins: CrossOriginRules? = nil
    ) {
        let request = exchange.request
        exchange.respond { writer in
            request.withHead { head in
                _ = self.respond(response, head, number, since: exchange.start, for: origins, &writer)
            }
        }
    }

    func respond(
        _ response: Response, _ request: borrowing RequestHead, _ number: UInt64, since start: MonotonicTime,
        for origins: CrossOriginRules? = nil, _ writer: inout ResponseWriter
    ) -> Handling {
        let now = shared.time.at(loop.now)
        let answer = AnswerWriter(rules: rules, now: now, requestNumber: number)
        writer.writeStatus(response.status)
        for field in response.fields { writer.writeField(name: field.name, value: field.value) }
        answer.writeRequestIdentifier(request, &writer)
        (origins ?? rules.origins).write(for: request[.origin], to: &writer)
        writer.finishHead(contentLength: response.body.count)
        writer.writeBody(response.body)
        note(request, number, response.status, response.body.count, nil, since: start)
        return .answered
    }
}
