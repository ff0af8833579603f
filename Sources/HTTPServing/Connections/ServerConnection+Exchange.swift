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
        if exchange.body.isAwaited, input.isEmpty {
            result = Glibc.read(descriptor, server.scratch.baseAddress, server.scratch.count)
            if result > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: server.scratch[..<result])
                let used = exchange.body.take(bytes, at: now)
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
        guard exchange.body.isAwaited, !input.isEmpty else { return }
        input.removeFirst(exchange.body.take(input.bytes, at: now))
    }

    func startReadingBody(of exchange: ExchangeCore) {
        if exchange.takesExpectation(), input.isEmpty { send("HTTP/1.1 100 Continue\r\n\r\n") }
        feedBody(to: exchange)
        if inputEnd == .reached { exchange.body.fail(.incomplete) }
        settle()
    }

    func settle(during exchange: ExchangeCore) {
        let body = exchange.body
        let wantsInput = body.isAwaited || (!body.isHeldBack && input.count < server.inputLimit)
        var events: IOEvents = []
        if inputEnd == .open, wantsInput { events.insert(.readable) }
        if !pending.isEmpty { events.insert(.writable) }
        watch(events)
        expire(at: min(body.deadline, pending.isEmpty ? .max : writeDeadline))
    }

    func exchangeExpired(_ exchange: ExchangeCore) {
        if !pending.isEmpty, now >= writeDeadline { return disconnect() }
        exchange.body.fail(.timedOut)
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
        send { $0.append(text) }
    }

    /// Sends a piece of a body.
    func send(_ piece: [UInt8]) {
        send { $0.append(piece) }
    }

    /// Sends a piece as a chunk of the chunked transfer coding (RFC 9112 section 7.1).
    func sendChunk(_ piece: [UInt8]) {
        send { output in
            output.appendHexadecimal(piece.count)
            output.append("\r\n")
            output.append(piece)
            output.append("\r\n")
        }
    }

    /// Sends an answer before the final one (RFC 9110 section 15.2). `fields` are whole lines.
    func sendInterim(status: Int, fields: [UInt8]) {
        send { output in
            StatusLine.write(status, to: &output)
            output.append(fields)
            output.append("\r\n")
        }
    }

    private func send(_ write: (inout OutputBuffer) -> Void) {
        let output = server.borrowOutput(for: self)
        write(&output.pointee)
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
        case .nextRequest where server.mode != .serving:
            // The head was sent before the server began to drain.
            settle(into: input.isEmpty ? .close : .linger)
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
