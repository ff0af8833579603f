import EventLoops
import HTTPServing

/// Sends an answer late, slowly, in part, wrongly announced, or not at all. Confined to the exchange's loop.
enum PacedDelivery {
    /// How long nothing is said in a hang before the connection is reset: longer than anybody waits.
    private static let longestHang = Duration.seconds(3600)
    private static let dripInterval = Duration.milliseconds(50)
    private static let dripsPerSecond = 20

    /// Goes on until the answer is out or the client is gone. Call on the loop.
    static func start(_ delivery: Delivery, to exchange: Exchange) {
        let task = Task(executorPreference: exchange.loop) {
            await exchange.loop.sleep(for: delivery.delay)
            if Task.isCancelled { return }
            do throws(ClientGone) {
                try await send(delivery, to: exchange)
            } catch {
                // The client has what it wanted, or did not want to wait for it.
            }
        }
        exchange.onCancel = { task.cancel() }
        // A client that waits for an answer that never comes is not told from one that has gone.
        if case .hang = delivery.ending { exchange.onInputEnd = { task.cancel() } }
    }

    private static func send(_ delivery: Delivery, to exchange: Exchange) async throws(ClientGone) {
        switch delivery.ending {
        case .complete where delivery.contentLength == nil && delivery.dripBytesPerSecond == nil:
            exchange.respond(delivery.response)
        case .complete:
            try await sendRaw(delivery, bodyBytes: .max, to: exchange)
            exchange.finishStreaming()
        case .closed(let bodyBytes):
            try await sendRaw(delivery, bodyBytes: bodyBytes, to: exchange)
            exchange.finishStreaming()
        case .reset(let bodyBytes):
            if let bodyBytes { try await sendRaw(delivery, bodyBytes: bodyBytes, to: exchange) }
            exchange.abort()
        case .hang(let bodyBytes):
            if let bodyBytes { try await sendRaw(delivery, bodyBytes: bodyBytes, to: exchange) }
            await exchange.loop.sleep(for: longestHang)
            exchange.abort()
        }
    }

    /// Writes the head and up to so many bytes of the body, past all checks of the server.
    private static func sendRaw(
        _ delivery: Delivery, bodyBytes: Int, to exchange: Exchange
    ) async throws(ClientGone) {
        let response = delivery.response
        try await exchange.writeRaw(head(of: response, contentLength: delivery.contentLength))
        let hasBody = exchange.request.method != .head && response.status != 204 && response.status != 304
        var rest = hasBody ? response.body.prefix(bodyBytes) : []
        guard let rate = delivery.dripBytesPerSecond else { return try await exchange.writeRaw(Array(rest)) }
        let piece = max(rate / dripsPerSecond, 1)
        let interval = rate < dripsPerSecond ? Duration.seconds(1) / rate : dripInterval
        while !rest.isEmpty {
            try await exchange.writeRaw(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
            await exchange.loop.sleep(for: interval)
            if Task.isCancelled { throw ClientGone() }
        }
    }

    private static func head(of response: Response, contentLength: Int?) -> [UInt8] {
        var text = "HTTP/1.1 \(response.status) Status\r\n"
        for field in response.fields { text += "\(field.name): \(field.value)\r\n" }
        text += "Content-Length: \(contentLength ?? response.body.count)\r\nConnection: close\r\n\r\n"
        return Array(text.utf8)
    }
}
