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
        let contracts: ContractBoard
        let routes: RouteBoard
        let refreshDesk: RefreshDesk
        let batchPlaces: BatchPlaces
        let fetchLoop: EventLoop
        let metrics: Metrics
        let log: LogSink
        let health: Health
        let sessions: SessionDesk
    }

    let loop: EventLoop
    let shared: Shared
    private(set) var rules: ServingRules
    let accessLog: AccessLog
    private let durations: RequestDurations
    private var identifiers = RequestIdentifier()
    /// Where keys are built.
    private let key: UnsafeMutableRawBufferPointer
    let routeKey: UnsafeMutableRawBufferPointer

    init(loop: EventLoop, shared: Shared, rules: ServingRules) {
        self.loop = loop
        self.shared = shared
        self.rules = rules
        accessLog = AccessLog(loop: loop, sink: shared.log)
        durations = shared.metrics.durations.ofOneMoreLoop()
        key = .allocate(byteCount: EntryKey.size, alignment: 16)
        routeKey = .allocate(byteCount: RouteKeyWriter.capacity, alignment: 16)
    }

    deinit {
        key.deallocate()
        routeKey.deallocate()
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
        if let limiter = rules.rateLimiter, let problem = refusal(by: limiter, of: request) {
            return refuse(problem, request, number, &writer)
        }
        guard let path = TokenPath(request.path) else { return handleOther(request, number, &writer) }
        guard request.method == .get || request.method == .head else {
            return refuse(.methodNotAllowed("GET, HEAD, OPTIONS"), request, number, &writer)
        }
        guard request.query == nil else {
            return refuse(.invalidRequest("Token routes take no query parameters."), request, number, &writer)
        }
        do throws(Problem) {
            let reference = try reference(path)
            return answer(reference, path.representation, request, number, &writer)
        } catch {
            // A part may only be spelled with percent-encoding, or the path be one of CAIP-19.
            if CanonicalPath.mayDiffer(from: request.path) { return handleOther(request, number, &writer) }
            return refuse(error, request, number, &writer)
        }
    }

    /// Why a client has to wait. The platform's probes never do.
    private func refusal(by limiter: RateLimiter<ClientKey>, of request: borrowing RequestHead) -> Problem? {
        if request.path.elementsEqual("/healthz".utf8) || request.path.elementsEqual("/readyz".utf8) { return nil }
        let client = ClientKey(rules.trustedProxies.client(of: request))
        guard let seconds = limiter.admit(client, at: shared.time.at(loop.now)) else { return nil }
        shared.metrics.rateLimitedRequests.increment()
        return .addressLimited(seconds: seconds)
    }

    func reference(_ path: TokenPath) throws(Problem) -> TokenReference {
        guard let chain = rules.chains.identifier(ascii: path.chain) else {
            throw unknownChain(path.chain)
        }
        let contract: ContractAddress
        do throws(IdentifierError) {
            contract = try ContractAddress(ascii: path.contract, on: chain)
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

    func answer(
        _ reference: TokenReference, _ representation: TokenRepresentation, _ request: borrowing RequestHead,
        _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling {
        if let refusal = rules.refusal(of: reference) { return refuse(refusal, request, number, &writer) }
        let now = shared.time.at(loop.now)
        guard let entry = held(reference, representation, at: now) else {
            return .deferred(waiting(at: shared.board, for: reference, as: representation, request, number))
        }
        let status = CacheStatus.hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory)
        write(entry, status, request, number, now: now, since: loop.now, &writer)
        return .answered
    }

    /// What memory holds. An answer past its time is used and, by the first to see it, fetched anew behind.
    func held(
        _ reference: TokenReference, _ representation: TokenRepresentation, at now: Int64
    ) -> CacheEntry? {
        EntryKey.write(reference, representation, into: key)
        guard let entry = shared.memory.entry(forKey: UnsafeRawBufferPointer(key), at: now) else {
            shared.metrics.memoryMisses.increment()
            return nil
        }
        shared.metrics.memoryHits.increment()
        if now >= entry.times.freshUntil, !entry.isFailure,
            entry.claimRefresh(at: now, retryingAfter: max(rules.errorTTL, 1000))
        {
            refresh(reference)
        }
        return entry
    }

    func write(
        _ entry: CacheEntry, _ status: CacheStatus, _ request: borrowing RequestHead, _ number: UInt64, now: Int64,
        since start: MonotonicTime, costing costs: FlightCosts? = nil, in trace: RequestTrace? = nil,
        _ writer: inout ResponseWriter
    ) {
        let answer = AnswerWriter(rules: rules, now: now, requestNumber: number, costs: costs)
        let (code, bytes) = answer.write(entry, status, for: request, from: shared.memory, to: &writer)
        note(
            request, number, code, bytes, status, since: start, upstreamRequests: costs?.upstreamRequests ?? 0,
            in: trace)
    }

    /// Counts an answer, with the time it took, and writes its line in the access log.
    ///
    /// - Parameter trace: when it is known already, for others have been told of it.
    @inline(__always)
    func note(
        _ request: borrowing RequestHead, _ number: UInt64, _ code: Int, _ bytes: Int, _ status: CacheStatus?,
        from tier: AnswerTier? = nil, since start: MonotonicTime, upstreamRequests: Int = 0,
        in trace: RequestTrace? = nil
    ) {
        shared.metrics.answers.count(code)
        let end = MonotonicTime.current
        let nanoseconds = end.nanoseconds &- start.nanoseconds
        let tier = tier ?? AnswerTier(status)
        durations.add(nanoseconds, to: tier)
        let trace = trace ?? rules.tracer?.trace(of: request, number)
        guard rules.isAccessLogged || trace != nil else { return }
        let outcome = AccessLog.Outcome(
            status: code, bytes: bytes, tier: tier, cache: status, nanoseconds: nanoseconds,
            upstreamRequests: upstreamRequests, trace: trace?.context)
        if rules.isAccessLogged { accessLog.append(request, number, outcome, wall: shared.time.at(loop.now) / 1000) }
        trace?.finish(request, outcome, from: start, to: end)
    }

    private func refresh(_ reference: TokenReference) {
        let board = shared.board
        shared.fetchLoop.execute { board.assumeIsolated { $0.refresh(reference) } }
    }
}

extension RequestHead {
    /// `Cache-Control: only-if-cached`. Other directives do not make this proxy fetch: that is what refreshing is for.
    var demandsCached: Bool {
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
        if let challenge { response.fields.append(("WWW-Authenticate", challenge)) }
        return response
    }
}
