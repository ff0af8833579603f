import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// The gateways as the origin of what is served by its address. That nobody has it, or gives it, is an answer too, kept
/// for a while like any other.
struct ContentOrigin: AnswerOrigin {
    let gateways: Configuration.Gateways
    let rules: ContentRules
    let table: GatewayTable
    let hedge: Configuration.Upstream.Hedge
    /// For everything up to the head of the answer.
    let timeout: Duration
    let limits: GatewayExchange.Limits
    let loop: EventLoop
    let metrics: Metrics

    func open(_ question: OriginQuestion, by client: UpstreamClient) async throws(FetchFailure) -> IncomingAnswer {
        let request = question.request
        let uri: TokenURI
        do throws(GatewayPath.Fault) {
            uri = try GatewayPath.uri(of: request.url.path)
        } catch {
            throw FetchFailure(.invalidRequest, "", error.reason)
        }
        let stored = uri.isImmutable ? nil : question.stored
        let wish = ContentWish(uri: uri, range: request.range, stored: stored)
        let endpoints = wish.network == .arweave ? gateways.arweave : gateways.ipfs
        let outcome = await race(client, wish).run(endpoints, for: wish, by: loop.now + timeout)
        if Task.isCancelled { throw FetchFailure(.cancelled, "", "the caller gave up") }
        return try answer(outcome, to: wish, on: request.route)
    }

    private func race(_ client: UpstreamClient, _ wish: ContentWish) -> ContentRace {
        let exchange = GatewayExchange(client: client, loop: loop, limits: limits) { gateway in
            table.note(.failed(.mismatch), of: gateway, wish.network)
        }
        return ContentRace(exchange: exchange, table: table, hedge: hedge, loop: loop, metrics: metrics)
    }

    private func answer(
        _ outcome: ContentRace.Outcome, to wish: ContentWish, on route: Route
    ) throws(FetchFailure) -> IncomingAnswer {
        switch outcome {
        case .reply(.content(let arrival)), .reply(.doubtful(let arrival)):
            return IncomingAnswer(
                status: arrival.status, fields: arrival.head.fields(rules), contentLength: arrival.length,
                // Of a part nothing can be told.
                rules: arrival.status == 206 ? nil : rules(for: wish, arrival.head.received), body: arrival.body)
        case .reply(.notModified(let fields)):
            let head = ContentHead(
                wish: wish, received: fields, content: SafeContent([], declared: nil), verification: .no)
            return IncomingAnswer(
                status: 304, fields: head.addressFields(rules), contentLength: nil, rules: rules(for: wish, fields),
                body: HeldBody([]))
        case .reply(.outOfRange(let fields)):
            var answer = ContentHead.addressFields(wish)
            if let range = fields["content-range"] { answer.set("Content-Range", range) }
            return IncomingAnswer(status: 416, fields: answer, contentLength: 0, rules: nil, body: HeldBody([]))
        case .reply(.nothing): return problem(ContentProblem(wish, [], on: route))
        case .nothing(let attempts):
            let problem = ContentProblem(wish, attempts, on: route)
            if problem.isOverload { throw FetchFailure(.overloaded, "", "the gateways could not be asked") }
            return self.problem(problem)
        }
    }

    private func rules(for wish: ContentWish, _ received: HeaderFields) -> CachingRules {
        wish.isImmutable ? rules.forContent : rules.forName(rules.nameLifetime(received) ?? 0)
    }

    private func problem(_ problem: ContentProblem) -> IncomingAnswer {
        IncomingAnswer(
            status: problem.problem.status, fields: problem.fields(rules),
            contentLength: problem.problem.document.count,
            rules: rules.forProblems, body: HeldBody(problem.problem.document))
    }
}

/// A body that is there.
private actor HeldBody: IncomingBody {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func nextPiece() -> [UInt8]? {
        defer { bytes = [] }
        return bytes.isEmpty ? nil : bytes
    }

    nonisolated func cancel() {}
}
