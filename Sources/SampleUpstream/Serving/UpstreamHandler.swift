import HTTPServing

/// Takes the requests of one loop to the answers and sends those back.
final class UpstreamHandler: RequestHandler {
    /// A JSON-RPC batch of the largest size fits many times.
    private static let bodyLimit = 4 << 20

    /// `nil` until the server's address is known.
    private let answers: @Sendable () -> UpstreamAnswers?

    init(answers: @escaping @Sendable () -> UpstreamAnswers?) {
        self.answers = answers
    }

    func handle(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) -> Handling {
        guard let answers = answers() else {
            writer.respond(Response(status: 503, contentType: "text/plain", body: "starting\n"))
            return .answered
        }
        guard request.framing == .none else {
            return .deferred { exchange in
                Task(executorPreference: exchange.loop) { await Self.answerWithBody(exchange, answers) }
            }
        }
        let delivery = answers.answer(Self.upstreamRequest(request), from: request.peer)
        guard delivery.isPlain else { return .deferred { PacedDelivery.start(delivery, to: $0) } }
        writer.respond(delivery.response)
        return .answered
    }

    private static func answerWithBody(_ exchange: Exchange, _ answers: UpstreamAnswers) async {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await exchange.readBody(limit: bodyLimit)
        } catch {
            guard let status = error.status else { return }
            return exchange.respond(Response(status: status, contentType: "text/plain", body: error.label + "\n"))
        }
        var request = exchange.request.withHead { upstreamRequest($0) }
        request.body = body
        let delivery = answers.answer(request, from: exchange.request.peer)
        if delivery.isPlain { return exchange.respond(delivery.response) }
        PacedDelivery.start(delivery, to: exchange)
    }

    private static func upstreamRequest(_ head: borrowing RequestHead) -> UpstreamRequest {
        UpstreamRequest(
            method: String(decoding: head.methodBytes, as: UTF8.self), path: String(decoding: head.path, as: UTF8.self),
            query: head.query.map { String(decoding: $0, as: UTF8.self) }, credential: credential(head),
            ifNoneMatch: head[.ifNoneMatch].map { String(decoding: $0, as: UTF8.self) },
            ifModifiedSince: head[.ifModifiedSince].map { String(decoding: $0, as: UTF8.self) })
    }

    private static func credential(_ head: borrowing RequestHead) -> String? {
        var credential: String?
        head.forEachField { name, value in
            // Most names are of another length, and need no text.
            guard name.count == 9 || name.count == 13 else { return }
            switch String(decoding: name, as: UTF8.self).lowercased() {
            case "x-api-key": credential = String(decoding: value, as: UTF8.self)
            case "authorization":
                let text = String(decoding: value, as: UTF8.self)
                if text.hasPrefix("Bearer ") { credential = String(text.dropFirst("Bearer ".count)) }
            case _: break
            }
        }
        return credential
    }
}
