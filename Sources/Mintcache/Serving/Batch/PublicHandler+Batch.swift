import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// `POST /v1/batch`: many tokens in one answer, each with its own status.
extension PublicHandler {
    func answerBatch(_ exchange: Exchange, _ number: UInt64) {
        if exchange.request.hasCodedBody { return respond(to: exchange, number, with: .unsupportedCoding) }
        let handler = LoopBound(self, on: loop)
        let rules = rules
        Task(executorPreference: loop) {
            do throws(Problem) {
                guard let request = try await PublicHandler.request(of: exchange, by: rules) else { return }
                let batch = handler.value.batch(request, for: exchange, number)
                let sent = await batch.run()
                handler.value.noteBatch(exchange, number, bytes: sent)
            } catch {
                handler.value.respond(to: exchange, number, with: error)
            }
        }
    }

    /// What a body asks for; `nil` when the client is gone.
    private static func request(of exchange: Exchange, by rules: ServingRules) async throws(Problem) -> BatchRequest? {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await exchange.readBody(limit: rules.bodyLimit)
        } catch {
            guard let problem = Problem.requestBody(error) else { return nil }
            throw problem
        }
        let read = { @Sendable () throws(Problem) -> BatchRequest in
            try BatchRequest(parsing: body, chains: rules.chains) { rules.refusal(of: $0) }
        }
        // Large ones are read off the loop, so that everybody else on it is answered meanwhile.
        guard LargeDocument.isLarge(body) else { return try read() }
        return try await Task.detached { Result(catching: read) }.value.get()
    }

    private func batch(_ request: BatchRequest, for exchange: Exchange, _ number: UInt64) -> BatchAnswer {
        shared.metrics.batches.increment()
        shared.metrics.batchTokens.increment(by: UInt64(request.items.count))
        let manner = exchange.request.withHead { head in
            let client = ClientKey(rules.trustedProxies.client(of: head))
            rules.rateLimiter?.charge(client, request.items.count - 1, at: shared.time.at(loop.now))
            return readManner(of: head, exchange.request, number)
        }
        return BatchAnswer(request, manner, for: exchange, on: loop, LoopBound(self, on: loop), shared)
    }

    private func readManner(
        of head: borrowing RequestHead, _ request: Request, _ number: UInt64
    ) -> BatchAnswer.Manner {
        var accepted = AcceptEncoding()
        head.forEachValue(of: .acceptEncoding) { accepted.add($0) }
        let format = BatchFormat(accepting: head)
        var fields = "Content-Type: \(format.contentType)\r\nCache-Control: no-store\r\n"
        fields += "X-Content-Type-Options: nosniff\r\nVary: Accept, Accept-Encoding\r\n"
        if let seconds = rules.appliedWait(of: head) { fields += "Preference-Applied: wait=\(seconds)\r\n" }
        let writer = AnswerWriter(rules: rules, now: 0, requestNumber: number)
        return BatchAnswer.Manner(
            format: format, patience: rules.patience(of: head), asksSources: !head.demandsCached,
            budget: rules.batchBudget,
            isCompressed: head[.acceptEncoding] != nil && accepted.preferred(among: [.identity, .gzip]) == .gzip,
            fields: Array(fields.utf8) + writer.requestIdentifier(request)
                + rules.origins.octets(for: request[.origin]))
    }

    private func noteBatch(_ exchange: Exchange, _ number: UInt64, bytes: Int) {
        exchange.request.withHead { note($0, number, 200, bytes, nil, from: .batch, since: exchange.start) }
    }
}

extension Request {
    /// Whether the body comes in a content coding. None is undone here: what is small on the way may be huge then.
    var hasCodedBody: Bool { self[.contentEncoding].map { $0.lowercased() != "identity" } ?? false }
}

extension Problem {
    static let unsupportedCoding = Problem(
        415, "unsupported-media-type", "Unsupported media type",
        detail: "The body comes in a content coding; send it as it is.")
}
