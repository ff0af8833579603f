import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import UpstreamFetching

/// Requests on routes: answered here and now from memory, else by the route board.
extension PublicHandler {
    /// `nil` when no route serves the path.
    func handleRoute(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling? {
        guard !rules.routes.isEmpty else { return nil }
        if answerRouteHit(request, number, &writer) { return .answered }
        let scheme = rules.trustedProxies.scheme(of: request)
        // Who names another scheme than that of the connection would be answered, and remembered, for somebody else.
        guard let plain = resource(request, scheme: scheme, ignoring: []), plain.scheme == scheme.rawValue else {
            return refuse(
                .invalidRequest("The host or the target of the request is not valid."), request, number, &writer)
        }
        guard !plain.path.withUnsafeBytes(Self.isBuiltIn), !isSignIn(plain.path),
            let route = plain.path.withUnsafeBytes({ rules.routes.route(for: $0) })
        else { return nil }
        if request.methodBytes.elementsEqual("TRACE".utf8) {
            return refuse(.methodNotAllowed(Self.routeMethods), request, number, &writer)
        }
        if request.isPreflight { return routePreflight(request, number, &writer) }
        let ignored = route.caching?.ignoredQuery ?? []
        let url = ignored.isEmpty ? plain : resource(request, scheme: scheme, ignoring: ignored) ?? plain
        if route.hasSurroundings, ClimbingPath.climbs(plain.path) {
            return refuse(
                .invalidRequest("The path leads out of this route once its separators are decoded."), request, number,
                &writer)
        }
        if rules.routes.mayEscape(route, by: plain.path) {
            return refuse(
                .invalidRequest("The path may be read as one of a route that wants a session."), request, number,
                &writer)
        }
        let client = rules.trustedProxies.forwardedClient(of: request, scheme: scheme, host: plain.authority)
        let reading = RouteReading(
            request, route: route, url: url, client: client, trace: rules.tracer?.trace(of: request, number))
        if reading.endsHere { return preflight(request, allowing: "GET, HEAD, OPTIONS", &writer) }
        if route.auth != .none { return .deferred { [self] in admit($0, reading, number) } }
        if reading.keysBody { return .deferred { [self] in answerByBody($0, reading, number) } }
        let key = reading.key()
        if reading.way == .cached, answerFromMemory(reading, key, request, number, &writer) { return .answered }
        return .deferred { [self] exchange in
            answerLater(exchange, reading, key, body: ClientBody(exchange, on: route), number)
        }
    }

    /// Whether an upstream has them, too, only it can say. TRACE would show the fields that are added for it.
    private static let routeMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

    private func isSignIn(_ path: [UInt8]) -> Bool {
        rules.sessions != nil && path.withUnsafeBytes { AuthResource.isPrefix(of: $0) }
    }

    /// What stands for the host where an HTTP/1.0 client names none.
    private static let unnamedHost = Array("localhost".utf8)

    private func resource(
        _ request: borrowing RequestHead, scheme: ForwardedClient.Scheme, ignoring: [QueryPattern]
    ) -> ResourceURL? {
        ResourceURL(
            scheme: scheme.rawValue,
            authority: request.authority.map { Array($0) } ?? Self.unnamedHost,
            target: Array(request.target), ignoring: ignoring)
    }

    // MARK: Hits

    func answerFromMemory(
        _ reading: RouteReading, _ key: [UInt8], _ request: borrowing RequestHead,
        _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Bool {
        let now = shared.time.at(loop.now)
        guard let entry = key.withUnsafeBytes({ shared.memory.responses(forKey: $0, at: now) }),
            let response = entry.soleVariant ?? entry.select(for: reading.fields),
            response.head.partial == nil
        else {
            shared.metrics.memoryMisses.increment()
            return false
        }
        let honours = reading.route.rules.honoursRequestDirectives
        switch response.head.reuse(for: reading.facts, honouringDirectives: honours, at: now) {
        case .fresh, .staleOnRequest: break
        case .staleWhileRevalidate:
            if entry.claimRefresh(at: now, retryingAfter: 1000) { refresh(reading, key) }
        case .mustForward: return false
        }
        shared.metrics.memoryHits.increment()
        let status = CacheStatus.hit(timeToLive: response.head.timeToLive(at: now), detail: .memory)
        write(response, status, true, reading, request, number, since: loop.now, &writer)
        return true
    }

    private func refresh(_ reading: RouteReading, _ key: [UInt8]) {
        let request = self.request(reading, key, body: .none, deadline: reading.route.timeout)
        let board = shared.routes
        shared.fetchLoop.execute { board.assumeIsolated { $0.refresh(request) } }
    }

    private func request(
        _ reading: RouteReading, _ key: [UInt8], way: RouteRequest.Way? = nil, body: ExchangeBody, deadline: Duration,
        onInterim: @escaping @Sendable (Int, HeaderFields) -> Void = { _, _ in }
    ) -> RouteRequest {
        RouteRequest(
            route: reading.route, method: reading.method, url: reading.url, key: key, fields: reading.fields,
            facts: reading.facts, way: way ?? reading.way, body: body, deadline: loop.now + deadline,
            onInterim: onInterim)
    }

    // MARK: Everything else

    /// A method whose body is part of the key: read whole. A body that is known to be larger is passed on; one that
    /// turns out to be is refused.
    func answerByBody(
        _ exchange: Exchange, _ reading: RouteReading, _ number: UInt64
    ) {
        if let length = exchange.request.framing.contentLength, length > Route.Caching.maximumKeyedBody {
            return answerLater(
                exchange, reading, reading.key(), body: ClientBody(exchange, on: reading.route), number,
                way: .passed(.method))
        }
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            do throws(BodyFailure) {
                let body = try await exchange.readBody(limit: Route.Caching.maximumKeyedBody)
                let key = reading.key(body: body)
                handler.value.answerLater(exchange, reading, key, body: ClientBody(body), number)
            } catch {
                handler.value.refuse(exchange, error, number)
            }
        }
    }

    func answerLater(
        _ exchange: Exchange, _ reading: RouteReading, _ key: [UInt8], body: ClientBody, _ number: UInt64,
        way: RouteRequest.Way? = nil, patience: Duration? = nil
    ) {
        let interim = InterimSender(exchange)
        let request = request(
            reading, key, way: way, body: body.exchangeBody, deadline: patience ?? deadline(of: body),
            onInterim: { interim.send($0, $1) })
        let board = shared.routes
        exchange.onCancel = { [fetchLoop = shared.fetchLoop, metrics = shared.metrics] in
            metrics.abandonedRequests.increment()
            fetchLoop.execute { board.assumeIsolated { $0.dismiss(request.identifier) } }
        }
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            let answer = await board.answer(request)
            if let failure = body.feed?.failure { return handler.value.refuse(exchange, failure, number) }
            await handler.value.give(answer, to: exchange, reading, number)
        }
    }

    /// Tells a client what is wrong with its body, if it is still there.
    private func refuse(_ exchange: Exchange, _ failure: BodyFailure, _ number: UInt64) {
        exchange.onCancel = nil
        guard let problem = Problem.requestBody(failure) else { return }
        respond(to: exchange, number, with: problem)
    }

    /// A client's own deadline; one that sends a body at its own pace waits as long as the upstream may take.
    private func deadline(of body: ClientBody) -> Duration {
        body.feed == nil ? rules.requestTimeout : .seconds(24 * 3600)
    }

    private func give(
        _ answer: RouteAnswer, to exchange: Exchange, _ reading: RouteReading, _ number: UInt64
    ) async {
        switch answer {
        case .nobody:
            break
        case .problem(let problem, let status):
            exchange.onCancel = nil
            if let status { shared.metrics.routes.count(status) }
            respond(to: exchange, number, with: problem, status.map { reading.showing($0) })
        case .whole(let response, let status, let hasAge):
            exchange.onCancel = nil
            exchange.respond { writer in
                exchange.request.withHead { head in
                    self.write(response, status, hasAge, reading, head, number, since: exchange.start, &writer)
                }
            }
        case .flowing(let answer, let reader, let status):
            exchange.onCancel = { reader.cancel() }
            await stream(answer, reader, status, to: exchange, reading, number)
        }
    }

    private func write(
        _ response: CachedResponse, _ status: CacheStatus, _ hasAge: Bool, _ reading: RouteReading,
        _ request: borrowing RequestHead, _ number: UInt64, since start: MonotonicTime, _ writer: inout ResponseWriter
    ) {
        let now = shared.time.at(loop.now)
        let status = reading.showing(status)
        shared.metrics.routes.count(status)
        let answer = StoredAnswerWriter(
            rules: rules, now: now, requestNumber: number, hasAge: hasAge, isPrivate: reading.route.auth != .none)
        let (code, bytes) = answer.write(response, status, for: request, to: &writer)
        note(request, number, code, bytes, status, since: start, in: reading.trace)
    }

    /// Sends a body as it comes. One that breaks off ends the connection, so that nobody takes it for whole.
    private func stream(
        _ answer: FlowingAnswer, _ reader: BodyReader, _ status: CacheStatus, to exchange: Exchange,
        _ reading: RouteReading, _ number: UInt64
    ) async {
        let status = reading.showing(status)
        shared.metrics.routes.count(status)
        var block = Array(answer.headBlock.bytes)
        if reading.route.auth != .none { block = CachedResponse.headBlock(of: answer.head.madePrivate) }
        block += RouteHeadFields(rules: rules, requestNumber: number)
            .octets(
                status, answer.head, age: answer.hasAge ? answer.head.age(at: shared.time.now) : nil, exchange.request)
        exchange.beginStreaming(
            StreamHead(status: answer.head.status, fields: block, hasDate: true, content: answer.content(for: reading)))
        var bytes = 0
        do throws(ClientGone) {
            reading: while true {
                switch await reader.next() {
                case .bytes(let piece):
                    bytes += piece.count
                    try await exchange.write(piece)
                case .end:
                    exchange.finishStreaming()
                    break reading
                case .failure:
                    exchange.truncate()
                    break reading
                }
            }
        } catch {
            shared.metrics.abandonedRequests.increment()
        }
        exchange.request.withHead { head in
            note(head, number, answer.head.status, bytes, status, since: exchange.start, in: reading.trace)
        }
    }
}

extension FlowingAnswer {
    fileprivate func content(for reading: RouteReading) -> StreamHead.Content {
        if let contentLength { return .length(contentLength) }
        return reading.method == "HEAD" ? .none : .unknown
    }
}

// MARK: CORS

extension PublicHandler {
    /// What browsers ask before they let a page do what it wants to: this proxy's to answer, because the page is the
    /// operator's own and the upstream does not know it.
    private func routePreflight(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        writer.writeStatus(204)
        if let method = request[.accessControlRequestMethod] {
            writer.writeField("Access-Control-Allow-Methods", method)
        }
        if let names = request[.accessControlRequestHeaders] {
            writer.writeField("Access-Control-Allow-Headers", names)
        }
        writer.write("Access-Control-Max-Age: 7200\r\n")
        writer.write("Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n")
        rules.origins.write(for: request[.origin], to: &writer)
        writer.finishHead(contentLength: nil)
        note(request, number, 204, 0, nil, since: loop.now)
        return .answered
    }
}

extension RequestHead {
    /// CORS-preflight request of the Fetch standard.
    fileprivate var isPreflight: Bool {
        method == .options && self[.origin] != nil && self[.accessControlRequestMethod] != nil
    }
}
