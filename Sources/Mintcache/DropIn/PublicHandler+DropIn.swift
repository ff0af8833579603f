import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// Paths that answer in the shapes of providers' APIs: `/alchemy/{network}/nft/v3/{key}/…`, `/opensea/api/v2/…`.
extension PublicHandler {
    /// `nil` when the path is none of them, or they are switched off.
    func handleDropIn(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling? {
        guard let provider = rules.dropIn.provider(of: request.path) else { return nil }
        if request.method == .options {
            let methods = provider.methods(of: String(decoding: request.path, as: UTF8.self))
            return preflight(request, allowing: methods, fields: Self.acceptedFields, &writer)
        }
        return .deferred { [self] exchange in answer(exchange, as: provider, number) }
    }

    /// The providers' own libraries send fields of theirs, and old browsers do not know the asterisk.
    private static var acceptedFields: StaticString {
        """
        *, Accept, Content-Type, If-None-Match, X-Request-Id, X-API-Key, X-App-Id, Alchemy-Ethers-Sdk-Version, \
        Alchemy-Ethers-Sdk-Method
        """
    }

    private func answer(_ exchange: Exchange, as provider: DropInProvider, _ number: UInt64) {
        let reply = DropInReply(exchange: exchange, provider: provider, number: number, start: shared.time.at(loop.now))
        do throws(DropInRefusal) {
            switch provider {
            case .alchemy: try answerAlchemy(reply)
            case .openSea: try answerOpenSea(reply)
            }
        } catch {
            respond(reply, .response(provider.response(error)))
        }
    }

    /// One token: at once when memory has it in this shape already.
    func answer(_ reference: TokenReference, _ wish: TokenWish, _ reply: DropInReply) {
        let held = held([reference])
        if let source = held[reference], !wish.isRefresh,
            let entry = renderer(reply.provider).held(of: source, reference)
        {
            let seconds = (source.times.freshUntil - reply.start) / 1000
            return respond(reply, .entry(entry, .hit(timeToLive: seconds, detail: .memory)))
        }
        later(reply) { tokens in await tokens.answer(reference, wish, held) }
    }

    private func renderer(_ shape: DropInProvider) -> DropInRenderer {
        DropInRenderer(shape: shape, rules: rules.dropIn, memory: shared.memory, time: shared.time)
    }

    /// What memory holds of tokens, but for failures: those are told with their reasons by the board.
    func held(_ references: [TokenReference]) -> DropInTokens.Held {
        let now = shared.time.at(loop.now)
        var held = DropInTokens.Held()
        for reference in references where held[reference] == nil && rules.refusal(of: reference) == nil {
            if let entry = self.held(reference, .object, at: now), entry.record != nil { held[reference] = entry }
        }
        return held
    }

    /// Goes on when the request's body is there.
    ///
    /// - Parameter proceed: called on the loop; what it throws is the answer.
    func withBody(
        _ reply: DropInReply, _ proceed: @escaping @Sendable (PublicHandler, [UInt8]) throws(DropInRefusal) -> Void
    ) {
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            do throws(DropInRefusal) {
                guard let body = try await reply.body(limit: DropInRules.maximumBody) else { return }
                try proceed(handler.value, body)
            } catch {
                handler.value.respond(reply, .response(reply.provider.response(error)))
            }
        }
    }

    /// Goes on with what has to be waited for.
    func later(_ reply: DropInReply, _ find: @escaping @Sendable (DropInTokens) async -> DropInAnswer) {
        let tokens = DropInTokens(shape: reply.provider, shared: shared, rules: rules)
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            let answer = await find(tokens)
            handler.value.respond(reply, answer)
        }
    }

    func respond(_ reply: DropInReply, _ answer: DropInAnswer) {
        switch answer {
        case .response(let response):
            respond(to: reply.exchange, reply.number, response)
        case .entry(let entry, let status):
            let now = shared.time.at(loop.now)
            var writing = AnswerWriter(rules: rules, now: now, requestNumber: reply.number)
            // Caches in front do not tell clients apart by a field that says who they are.
            writing.isPrivate = reply.provider == .openSea && rules.dropIn.keys.areNeeded
            let request = reply.exchange.request
            reply.exchange.respond { writer in
                request.withHead { head in
                    let (code, bytes) = writing.write(
                        entry, status, for: head, from: self.shared.memory, to: &writer)
                    self.note(head, reply.number, code, bytes, status, since: reply.exchange.start)
                }
            }
        }
    }
}

/// A request on a drop-in path, and what its answer needs.
struct DropInReply: Sendable {
    let exchange: Exchange
    let provider: DropInProvider
    let number: UInt64
    /// Milliseconds since 1970.
    let start: Int64

    /// The request's body; nil when the client is gone.
    func body(limit: Int) async throws(DropInRefusal) -> [UInt8]? {
        if exchange.request.hasCodedBody { throw DropInRefusal(.unsupportedCoding) }
        do throws(BodyFailure) {
            return try await exchange.readBody(limit: limit)
        } catch {
            guard let problem = Problem.requestBody(error) else { return nil }
            throw DropInRefusal(problem)
        }
    }
}

extension DropInRules {
    /// Whose path this is, if it is served. Allocates nothing, but for paths with encoded characters.
    fileprivate func provider(of path: UnsafeRawBufferPointer) -> DropInProvider? {
        path.contains(0x25) ? provider(ofPlain: CanonicalPath.unreserved(path)) : provider(ofPlain: path)
    }

    private func provider(ofPlain path: some Collection<UInt8>) -> DropInProvider? {
        if isAlchemyServed, path.starts(with: "/alchemy/".utf8) { return .alchemy }
        return isOpenSeaServed && path.starts(with: "/opensea/".utf8) ? .openSea : nil
    }
}
