import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// Answers the public listener's requests on one loop. A token that memory holds is answered here and now, without an
/// allocation or a suspension; everything else boards a flight.
final class PublicHandler: RequestHandler {
    /// What all loops share.
    struct Shared: Sendable {
        let memory: MemoryCache
        let time: TimeSource
        let board: FlightBoard
        let fetchLoop: EventLoop
        let metrics: Metrics
        let log: LogSink
        let health: Health
    }

    private let loop: EventLoop
    private let shared: Shared
    private var rules: ServingRules
    private let accessLog: AccessLog
    private var identifiers = RequestIdentifier()
    /// Where keys are built.
    private let key: UnsafeMutableRawBufferPointer

    init(loop: EventLoop, shared: Shared, rules: ServingRules) {
        self.loop = loop
        self.shared = shared
        self.rules = rules
        accessLog = AccessLog(loop: loop, sink: shared.log)
        key = .allocate(byteCount: EntryKey.size, alignment: 16)
    }

    deinit {
        key.deallocate()
    }

    /// Takes what a reload changed. Call on the loop.
    func adopt(_ rules: ServingRules) {
        self.rules = rules
    }

    func flushLog() {
        accessLog.flush()
    }

    // MARK: Requests

    func handle(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) -> Handling {
        let number = identifiers.next()
        guard let path = TokenPath(request.path) else { return handleOther(request, number, &writer) }
        guard request.method == .get || request.method == .head else {
            return refuse(methodProblem(request), request, number, &writer)
        }
        guard request.query == nil else {
            return refuse(.invalidRequest("Token routes take no query parameters."), request, number, &writer)
        }
        do throws(Problem) {
            let reference = try reference(path)
            return answer(reference, path.representation, request, number, &writer)
        } catch {
            // A part may only be spelled with percent-encoding.
            if request.path.contains(0x25) { return handleOther(request, number, &writer) }
            return refuse(error, request, number, &writer)
        }
    }

    private func reference(_ path: TokenPath) throws(Problem) -> TokenReference {
        guard let chain = rules.chains.identifier(ascii: path.chain) else {
            throw unknownChain(path.chain)
        }
        let contract: ContractAddress
        do throws(IdentifierError) {
            contract = try ContractAddress(ascii: path.contract)
        } catch {
            throw .invalidContract(error)
        }
        do throws(IdentifierError) {
            return TokenReference(chain: chain, contract: contract, token: try TokenIdentifier(ascii: path.token))
        } catch {
            throw .invalidTokenIdentifier(error)
        }
    }

    private func unknownChain(_ name: UnsafeRawBufferPointer) -> Problem {
        rules.chains.unknown(String(decoding: name.prefix(64), as: UTF8.self))
    }

    private func answer(
        _ reference: TokenReference, _ representation: TokenRepresentation, _ request: borrowing RequestHead,
        _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if !rules.disabled.isEmpty,
            rules.disabled.contains(CollectionKey(chain: reference.chain, contract: reference.contract))
        {
            return refuse(.tokenNotFound("This collection is switched off here."), request, number, &writer)
        }
        let now = shared.time.at(loop.now)
        guard let entry = held(reference, representation, at: now) else {
            if request.demandsCached { return refuse(.notCached, request, number, &writer) }
            return .deferred(boarding(reference, representation, number))
        }
        let status = CacheStatus.hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory)
        write(entry, status, request, number, now: now, since: now, &writer)
        return .answered
    }

    /// What memory holds. An answer past its time is used and, by the first to see it, fetched anew behind.
    private func held(
        _ reference: TokenReference, _ representation: TokenRepresentation, at now: Int64
    ) -> CacheEntry? {
        EntryKey.write(reference, representation, into: key)
        guard let entry = shared.memory.entry(forKey: UnsafeRawBufferPointer(key), at: now) else {
            shared.metrics.memoryMisses.increment()
            return nil
        }
        shared.metrics.memoryHits.increment()
        if now >= entry.times.freshUntil, entry.record != nil,
            entry.claimRefresh(at: now, retryingAfter: max(rules.errorTTL, 1000))
        {
            refresh(reference)
        }
        return entry
    }

    private func write(
        _ entry: CacheEntry, _ status: CacheStatus, _ request: borrowing RequestHead, _ number: UInt64, now: Int64,
        since start: Int64, _ writer: inout ResponseWriter
    ) {
        let answer = AnswerWriter(rules: rules, now: now, requestNumber: number)
        let (code, bytes) = answer.write(entry, status, for: request, to: &writer)
        shared.metrics.answers.count(code)
        guard rules.isAccessLogged else { return }
        let outcome = AccessLog.Outcome(status: code, bytes: bytes, cache: status, milliseconds: now - start)
        accessLog.append(request, number, outcome, wall: now / 1000)
    }

    private func refresh(_ reference: TokenReference) {
        let board = shared.board
        shared.fetchLoop.execute { board.assumeIsolated { $0.refresh(reference) } }
    }

    // MARK: Misses

    /// Boards the token's flight. The client's deadline is its own: when it passes the client is told so, and the
    /// flight goes on.
    private func boarding(
        _ reference: TokenReference, _ representation: TokenRepresentation, _ number: UInt64
    ) -> (Exchange) -> Void {
        { [self] exchange in
            let start = shared.time.at(loop.now)
            let wait = Wait(exchange)
            let bound = LoopBound((wait, self), on: loop)
            let waiter = FlightWaiter(representation: representation, loop: loop) { delivery in
                let (wait, handler) = bound.value
                guard let exchange = wait.end() else { return }
                handler.respond(to: exchange, number, since: start, delivery)
            }
            let board = shared.board
            let leave = { [fetchLoop = shared.fetchLoop] in
                fetchLoop.execute { board.assumeIsolated { $0.leave(waiter.identifier) } }
            }
            wait.timer = loop.schedule(after: rules.requestTimeout) { [self] in
                guard let exchange = wait.end() else { return }
                leave()
                shared.metrics.timedOutRequests.increment()
                respond(to: exchange, number, with: .timedOut)
            }
            exchange.onCancel = { [self] in
                guard wait.end() != nil else { return }
                leave()
                shared.metrics.abandonedRequests.increment()
            }
            shared.fetchLoop.execute { board.assumeIsolated { $0.join(reference, waiter) } }
        }
    }

    private func respond(to exchange: Exchange, _ number: UInt64, since start: Int64, _ delivery: Delivery) {
        let now = shared.time.at(loop.now)
        let request = exchange.request
        exchange.respond { writer in
            request.withHead { head in
                self.write(delivery.entry, delivery.status, head, number, now: now, since: start, &writer)
            }
        }
    }

    // MARK: Everything else

    private func handleOther(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if request.method == .options { return preflight(request, number, &writer) }
        if request.path.contains(0x25) || request.path.starts(with: "/v1/assets/".utf8) {
            return .deferred { [self] exchange in redirectToCanonical(exchange, number) }
        }
        switch String(decoding: request.path.prefix(64), as: UTF8.self) {
        case "/healthz": return respond(shared.health.liveness, request, number, &writer)
        case "/readyz": return respond(shared.health.readiness, request, number, &writer)
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
        let boarding = plain.withUTF8 { bytes -> Result<(Exchange) -> Void, Problem> in
            let raw = UnsafeRawBufferPointer(bytes)
            guard let path = TokenPath(raw) else { return .failure(.unknownRoute(String(request.path.prefix(64)))) }
            guard request.method == .get || request.method == .head else {
                return .failure(.methodNotAllowed("GET, HEAD, OPTIONS"))
            }
            guard request.query == nil else {
                return .failure(.invalidRequest("Token routes take no query parameters."))
            }
            return Result { () throws(Problem) in
                self.boarding(try reference(path), path.representation, number)
            }
        }
        switch boarding {
        case .success(let board): board(exchange)
        case .failure(let problem): respond(to: exchange, number, with: problem)
        }
    }

    private func preflight(
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

    private func methodProblem(_ request: borrowing RequestHead) -> Problem {
        .methodNotAllowed("GET, HEAD, OPTIONS")
    }

    private func refuse(
        _ problem: Problem, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if request.method == .options { return preflight(request, number, &writer) }
        return respond(problem.response, request, number, &writer)
    }

    private func respond(to exchange: Exchange, _ number: UInt64, with problem: Problem) {
        let request = exchange.request
        exchange.respond { writer in
            request.withHead { head in _ = self.respond(problem.response, head, number, &writer) }
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
        shared.metrics.answers.count(response.status)
        if rules.isAccessLogged {
            let outcome = AccessLog.Outcome(
                status: response.status, bytes: response.body.count, cache: nil, milliseconds: 0)
            accessLog.append(request, number, outcome, wall: now / 1000)
        }
        return .answered
    }
}

/// One client's wait for a flight: ended once, by the answer, the deadline or the client's leaving. Confined to a loop.
private final class Wait {
    private var exchange: Exchange?
    var timer: LoopTimer?

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// The exchange, the first time.
    func end() -> Exchange? {
        timer?.cancel()
        timer = nil
        defer { exchange = nil }
        exchange?.onCancel = nil
        return exchange
    }
}

extension RequestHead {
    /// `Cache-Control: only-if-cached`. Other directives do not make this proxy fetch: that is what refreshing is for.
    fileprivate var demandsCached: Bool {
        guard self[.cacheControl] != nil else { return false }
        var directives = RequestCacheControl()
        forEachValue(of: .cacheControl) { directives.add($0) }
        return directives.onlyIfCached
    }
}

extension Problem {
    /// The problem as an answer that no cache keeps.
    var response: Response {
        var response = Response(
            status: status,
            fields: [
                ("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            body: document)
        if let allowed { response.fields.append(("Allow", allowed)) }
        if let retryAfter { response.fields.append(("Retry-After", String(retryAfter))) }
        return response
    }
}
