import Caching
import EventLoops
import HTTPCaching
import UpstreamFetching

/// The way of one fetch: through the tiers, to the upstream, and back into the tiers.
extension RouteBoard {
    /// How long an answer waits for the rest of its body before it begins, so that a small one is known to be whole.
    private static let holdTime = Duration.milliseconds(50)

    func run(_ fetch: RouteFetch) async {
        let request = fetch.request
        var fetch = fetch
        guard request.way == .cached else {
            fetch.reason = request.passReason
            return await ask(fetch, nil)
        }
        let finding = await store.look(for: request)
        guard let found = finding.variant else {
            fetch.reason = finding.hasOthers ? .varyMiss : .uriMiss
            return await ask(fetch, nil)
        }
        guard request.isAnswered(by: found.response) else {
            fetch.reason = .partial
            return await ask(fetch, found)
        }
        let reuse = found.response.head.reuse(
            for: request.facts, honouringDirectives: request.honoursDirectives, at: time.now)
        switch reuse {
        case .fresh, .staleOnRequest:
            return land(fetch, .held(found))
        case .staleWhileRevalidate where fetch.purpose != .refresh:
            land(fetch, .held(found))
            return refresh(request)
        case .staleWhileRevalidate:
            fetch.reason = .stale
        case .mustForward(let reason):
            fetch.reason = reason
        }
        await ask(fetch, found)
    }

    private func ask(_ fetch: RouteFetch, _ found: StoredVariant?) async {
        var stored = found.flatMap { fetch.canValidate($0.response.head) ? $0.response : nil }
        var sends = 0
        while true {
            do throws(FetchFailure) {
                let start = time.now
                let incoming = try await open(fetch, validating: stored, isFirst: sends == 0)
                let received = ReceivedResponse(
                    status: incoming.status, fields: incoming.fields, requestTime: start, responseTime: time.now)
                if received.status == 304, let known = stored {
                    incoming.body.cancel()
                    if await validate(fetch, known, received, by: incoming.rules) { return }
                    // It speaks of another representation than the stored one.
                    stored = nil
                    continue
                }
                return try await take(fetch, incoming, received, found?.response)
            } catch {
                sends += error.sends
                guard sends <= fetch.request.route.retries, fetch.request.isRepeatable, error.isBrokenConnection
                else { return fail(fetch, error, found?.response) }
            }
        }
    }

    private func open(
        _ fetch: RouteFetch, validating stored: CachedResponse?, isFirst: Bool
    ) async throws(FetchFailure) -> IncomingAnswer {
        let question = OriginQuestion(
            request: fetch.request, stored: stored?.head, keepsConditions: keepsConditions(fetch),
            mayBeSentAgain: isFirst && fetch.request.isRepeatable, time: time)
        return try await fetch.request.route.source.open(question, by: client)
    }

    /// Whether the answer is for one client alone, so that its own conditions do no harm.
    private func keepsConditions(_ fetch: RouteFetch) -> Bool {
        let request = fetch.request
        guard !fetch.key.isShared else { return false }
        return request.way != .cached || request.isHead || isUncacheable(request)
            || request.fields["if-match"] != nil || request.fields["if-unmodified-since"] != nil
    }

    // MARK: Outcomes

    /// RFC 9111, section 4.3.4. False when the 304 is not about what is stored.
    private func validate(
        _ fetch: RouteFetch, _ known: CachedResponse, _ received: ReceivedResponse, by rules: CachingRules?
    ) async -> Bool {
        let request = fetch.request
        var context = request.updateContext
        if let rules { context.rules = rules }
        switch Validation.refreshed(known.head, by: received, in: context) {
        case .kept(let head):
            let response = CachedResponse(head: head, body: known.body, purgeSequence: fetch.purgeSequence)
            if head.variant != known.head.variant { await store.forget(request.key) }
            let isKept = await keep(response, of: fetch)
            land(fetch, .validated(response, isKept: isKept))
        case .usedOnce(let head):
            // What forbids it may be the request's own; then others may still have what is stored.
            if !request.updateContext.requestForbidsStoring { await store.forget(request.key) }
            let response = CachedResponse(head: head, body: known.body, purgeSequence: fetch.purgeSequence)
            landForOne(fetch, .validated(response, isKept: false), others: .alone)
        case .unrelated:
            return false
        }
        return true
    }

    private func fail(_ fetch: RouteFetch, _ failure: FetchFailure, _ stored: CachedResponse?) {
        metrics.failedFlights.increment()
        if let stored, mayStandIn(stored, fetch) {
            metrics.staleIfError.increment()
            return land(fetch, .standIn(stored, failure.statusDetail))
        }
        land(fetch, .problem(.upstream(failure, of: fetch.request.route)))
    }

    /// An answer of the upstream's: stored when it may be, and given to those it is for.
    private func take(
        _ fetch: RouteFetch, _ incoming: IncomingAnswer, _ received: ReceivedResponse, _ stored: CachedResponse?
    ) async throws(FetchFailure) {
        if received.isServerError, let stored, mayStandIn(stored, fetch) {
            incoming.body.cancel()
            metrics.staleIfError.increment()
            return land(fetch, .standIn(stored, .originError))
        }
        await noteEffects(fetch, received, stored)
        let arrival = arrival(fetch, incoming, received)
        let pump = Task(executorPreference: loop) {
            await self.pump(incoming.body, into: arrival, of: fetch, beside: stored)
        }
        switch await arrival.relay.progress(within: Self.holdTime) {
        case .failed(let failure):
            throw failure
        case .whole where !fetch.request.isHead:
            let body = await arrival.relay.held
            if arrival.head.partial != nil, PartialContent.extent(of: received, bodyLength: body.count) == nil {
                throw FetchFailure(.malformedResponse, "", "a 206 with another part than it says")
            }
            let response = CachedResponse(
                head: arrival.head.whole, body: SharedBytes(copying: body), purgeSequence: fetch.purgeSequence)
            let refusal = arrival.refusal ?? (isCurrent(fetch) ? nil : .invalidated)
            let answer = FetchedAnswer(response: response, hasAge: arrival.hasAge, refusal: refusal)
            deliver(fetch, .fetched(answer), arrival)
        case .whole, .flowing:
            deliver(fetch, .flowing(arrival), arrival)
            await pump.value
        }
    }

    private func mayStandIn(_ stored: CachedResponse, _ fetch: RouteFetch) -> Bool {
        isCurrent(fetch) && fetch.request.mayFallBack(on: stored, at: time.now)
    }

    private func arrival(
        _ fetch: RouteFetch, _ incoming: IncomingAnswer, _ received: ReceivedResponse
    ) -> FlowingAnswer {
        let decision = decision(fetch, incoming, received)
        let limit = decision.refusal == nil ? largestBody(on: fetch.request.route) : 0
        let head = decision.head ?? StoredHead(passing: received, requestFields: fetch.request.fields)
        return FlowingAnswer(
            received: received, head: head, headBlock: SharedBytes(copying: CachedResponse.headBlock(of: head.whole)),
            hasAge: received.fields.contains("age"), contentLength: incoming.contentLength,
            relay: BodyRelay(loop: loop, limits: .init(retained: limit, orphan: fetch.request.route.timeout)),
            refusal: decision.refusal)
    }

    /// Whether and as what the answer is stored (RFC 9111, section 3).
    private func decision(
        _ fetch: RouteFetch, _ incoming: IncomingAnswer, _ received: ReceivedResponse
    ) -> (head: StoredHead?, refusal: StorageRefusal?) {
        let request = fetch.request
        let isPlainPOST = request.way == .passed(.method) && request.method == "POST"
        guard request.route.caching != nil, request.way == .cached || isPlainPOST else { return (nil, .method) }
        guard let rules = incoming.rules else { return (nil, .partial) }
        let method = request.method == "HEAD" ? "HEAD" : (request.way == .cached ? "GET" : request.method)
        let decision = Storing.decide(
            method: method, requestFields: request.fields, facts: request.facts, url: request.url,
            response: received, rules: rules)
        switch decision {
        case .refuse(let refusal): return (nil, refusal)
        case .store(let head):
            if let length = incoming.contentLength, length > largestBody(on: request.route) { return (head, .tooLarge) }
            return (head, nil)
        }
    }

    /// The largest body that the route keeps and some tier takes.
    private func largestBody(on route: Route) -> Int {
        min(route.caching?.maximumEntry ?? 0, store.largestBody)
    }

    /// What an answer means for what is stored already (RFC 9111, sections 4.3.5 and 4.4).
    private func noteEffects(_ fetch: RouteFetch, _ received: ReceivedResponse, _ stored: CachedResponse?) async {
        let request = fetch.request
        guard request.route.caching != nil else { return }
        if request.isHead, request.way == .cached, let stored, isCurrent(fetch) {
            let length = stored.head.partial.map(\.complete) ?? stored.body.count
            switch Validation.afterHead(stored.head, length: length, by: received, in: request.updateContext) {
            case .refreshed(let head):
                await keep(
                    CachedResponse(head: head, body: stored.body, purgeSequence: fetch.purgeSequence), of: fetch)
            case .invalidated: await invalidate(request.key, by: fetch)
            case .unaffected: break
            }
        }
        guard request.way != .cached else { return }
        let targets = Invalidation.targets(
            method: request.method, status: received.status, url: request.url, fields: received.fields)
        for target in targets { await invalidate(target, by: fetch) }
    }

    // MARK: Giving out

    /// Gives an answer to those it is for: to all when it is stored, else to the one who asked first. An error of the
    /// upstream's is another matter: one of the others tries again, and what that brings is for all.
    private func deliver(_ fetch: RouteFetch, _ landing: RouteLanding, _ arrival: FlowingAnswer) {
        guard arrival.refusal != nil, arrival.refusal != .tooLarge else { return landForAll(fetch, landing) }
        if arrival.head.status >= 500 {
            if arrival.isPersonal { return landForOne(fetch, landing, others: .alone) }
            if fetch.purpose == .answer(isRetry: true) { return landForAll(fetch, landing) }
            return landForOne(fetch, landing, others: .again)
        }
        // Of a part that cannot be stored nothing follows for the whole.
        if fetch.key.isShared, fetch.request.range == nil { remembersAsUncacheable(fetch.request) }
        landForOne(fetch, landing, others: .alone)
    }

    private func landForAll(_ fetch: RouteFetch, _ landing: RouteLanding) {
        if case .flowing(let answer) = landing { land(fetch, answer) } else { land(fetch, landing) }
    }
}

extension RouteFetch {
    /// Whether the upstream may be asked if this is still right: it has a name that can be compared, and is whole.
    fileprivate func canValidate(_ head: StoredHead) -> Bool {
        request.way == .cached && request.method == "GET" && head.hasValidator && head.partial == nil
            && request.fields["if-match"] == nil && request.fields["if-unmodified-since"] == nil
    }
}

extension FlowingAnswer {
    /// Whether it may be meant for the one who asked, and nobody else.
    fileprivate var isPersonal: Bool {
        if received.fields.contains("set-cookie") { return true }
        return switch refusal {
        case .private, .noStore, .authorization, .varyAny, .setCookie, .requestNoStore: true
        case .method, .noFreshness, .status, .partial, .mustUnderstand, .tooLarge, .invalidated, nil: false
        }
    }
}

extension StoredHead {
    /// The same for passing on at once: with everything as it came.
    fileprivate var whole: StoredHead {
        var head = self
        head.partial = nil
        return head
    }
}

extension ReceivedResponse {
    /// The errors that a stale answer may stand in for (RFC 5861, section 4).
    fileprivate var isServerError: Bool { [500, 502, 503, 504].contains(status) }
}
