import EventLoops
import Glibc

/// The connection's part in exchanges.
extension ServerConnection {
    /// More pending output than this makes a streaming writer wait…
    static let pendingHighWater = 256 << 10
    /// …until no more than this is left.
    static let pendingLowWater = 64 << 10

    // MARK: Input

    /// Reads what the client sends while its request is with a handler: the body, when it is asked for, or what waits
    /// for its turn.
    func receive(during exchange: ExchangeCore) {
        let result: Int
        if exchange.isReadingBody, input.isEmpty {
            result = Glibc.read(descriptor, server.scratch.baseAddress, server.scratch.count)
            if result > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: server.scratch[..<result])
                let used = exchange.takeBody(bytes)
                input.append(UnsafeRawBufferPointer(rebasing: bytes[used...]))
            }
        } else {
            result = input.read(from: descriptor, limit: server.inputLimit)
            if result > 0 { feedBody(to: exchange) }
        }
        if result > 0 {
            server.counters.addBytesRead(result)
        } else {
            if isOver(afterReading: result) { return }
            if inputEnd == .reached { exchange.inputEnded() }
        }
        settle()
    }

    private func feedBody(to exchange: ExchangeCore) {
        guard exchange.isReadingBody else { return }
        input.removeFirst(exchange.takeBody(input.bytes))
    }

    func startReadingBody(of exchange: ExchangeCore) {
        if exchange.request.expectsContinue, input.isEmpty { send("HTTP/1.1 100 Continue\r\n\r\n") }
        feedBody(to: exchange)
        if inputEnd == .reached { exchange.failBody(.incomplete) }
        settle()
    }

    func settle(during exchange: ExchangeCore) {
        var events: IOEvents = []
        if inputEnd == .open, exchange.isReadingBody || input.count < server.inputLimit { events.insert(.readable) }
        if !pending.isEmpty { events.insert(.writable) }
        watch(events)
        expire(at: min(exchange.bodyDeadline, pending.isEmpty ? .max : writeDeadline))
    }

    func exchangeExpired(_ exchange: ExchangeCore) {
        if !pending.isEmpty, now >= writeDeadline { return disconnect() }
        exchange.failBody(.timedOut)
        settle()
    }

    // MARK: Output

    /// Writes through a `ResponseWriter` and sends at once.
    func write<Result>(
        for request: Request, _ persistence: ResponseWriter.Persistence, _ body: (inout ResponseWriter) -> Result
    ) -> Result {
        let output = server.borrowOutput(for: self)
        defer { server.returnOutput(output) }
        var writer = ResponseWriter(
            output, date: server.date, isHead: request.method == .head, minorVersion: request.minorVersion,
            persistence: persistence)
        let result = body(&writer)
        transmit(&output.pointee)
        return result
    }

    func send(_ text: StaticString) {
        send(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        let output = server.borrowOutput(for: self)
        if let start = bytes.baseAddress { output.pointee.append(start, bytes.count) }
        transmit(&output.pointee)
        server.returnOutput(output)
    }

    /// Sends a chunk of the chunked transfer coding (RFC 9112 section 7.1).
    func sendChunk(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        var size = String(bytes.count, radix: 16) + "\r\n"
        let output = server.borrowOutput(for: self)
        size.withUTF8 { output.pointee.append(UnsafeRawBufferPointer($0).baseAddress ?? start, $0.count) }
        output.pointee.append(start, bytes.count)
        output.pointee.append("\r\n")
        transmit(&output.pointee)
        server.returnOutput(output)
    }

    func sendLastChunk() {
        send("0\r\n\r\n")
    }

    /// An exchange has given its answer. What the client sent meanwhile is looked at in a later turn of the loop, never
    /// inside the call that answered.
    func exchangeCompleted(_ ending: Ending) {
        guard case .exchanging = phase else { return }
        switch ending {
        case .nextRequest:
            phase = .reading
            settle()
            if !input.isEmpty || inputEnd == .reached { serveHeldInputLater() }
        case .close where input.isEmpty: settle(into: .close)
        case .close, .linger: settle(into: .linger)
        }
    }

    private func serveHeldInputLater() {
        let connection = LoopBound(self, on: server.loop)
        server.loop.execute { connection.value.serveHeldInput() }
    }
}
