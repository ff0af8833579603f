import EventLoops
import Glibc

/// Reading requests and having them answered.
extension ServerConnection {
    /// Where the octets lie that a batch of requests is read from.
    private enum InputSource {
        /// The loop's buffer; what is left over must be copied.
        case shared
        /// The connection's own buffer.
        case held
    }

    func receiveRequests() {
        if input.isEmpty {
            let result = Glibc.read(descriptor, server.scratch.baseAddress, server.scratch.count)
            guard result > 0 else { return readNothing(result) }
            server.counters.addBytesRead(result)
            serve(UnsafeRawBufferPointer(rebasing: server.scratch[..<result]), from: .shared)
        } else {
            if input.count < server.inputLimit {
                let result = input.read(from: descriptor, limit: server.inputLimit)
                guard result > 0 else { return readNothing(result) }
                server.counters.addBytesRead(result)
            }
            serveHeldInput()
        }
    }

    private func readNothing(_ result: Int) {
        if isOver(afterReading: result) { return }
        if inputEnd == .reached { serveHeldInput() }
    }

    /// Goes on with what was read before, after an answer that came later or slowly. Closes when the client has closed
    /// its side and nothing whole is left.
    func serveHeldInput() {
        guard case .reading = phase else { return }
        if !input.isEmpty { serve(input.bytes, from: .held) }
        if case .reading = phase, inputEnd == .reached { close() }
    }

    /// Has every whole request answered, up to the first whose answer comes later or does not fit the socket.
    private func serve(_ bytes: UnsafeRawBufferPointer, from source: InputSource) {
        let output = server.borrowOutput(for: self)
        var used = 0
        var requests = 0
        var start: ((Exchange) -> Void)?
        while case .reading = phase, pending.isEmpty, used < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
            switch server.parser.pointee.parse(rest, resuming: &progress) {
            case .complete(let length):
                progress = ParseProgress()
                headDeadline = .max
                used += length
                requests &+= 1
                start = answer(UnsafeRawBufferPointer(rebasing: rest[..<length]), into: output)
                continue
            case .failed(let failure): writeFailure(.malformed(failure), into: output)
            case .incomplete: break
            }
            break
        }
        server.counters.addRequests(requests)
        keep(bytes, from: source, used: used)
        transmit(&output.pointee)
        server.returnOutput(output)
        if let start, case .exchanging(let exchange) = phase { start(Exchange(exchange, on: server.loop)) }
        settle()
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, from source: InputSource, used: Int) {
        switch source {
        case .shared where used < bytes.count: input.append(UnsafeRawBufferPointer(rebasing: bytes[used...]))
        case .shared: break
        case .held: input.removeFirst(used)
        }
    }

    /// Has one request answered; returns what to call when its answer comes later.
    @inline(__always)
    private func answer(
        _ head: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<OutputBuffer>
    ) -> ((Exchange) -> Void)? {
        server.parser.pointee.withHead(head, from: .passUnretained(peer)) { request in
            var writer = ResponseWriter(
                output, date: server.date, isHead: request.method == .head, minorVersion: request.minorVersion,
                persistence: persistence(after: request))
            switch server.handler.handle(request, &writer) {
            case .answered:
                conclude(writer, hasUnreadBody: request.framing != .none)
                return nil
            case .deferred(let start):
                phase = .exchanging(ExchangeCore(request.detached(), on: self))
                return start
            }
        }
    }

    /// Nobody reads the body of a request that is answered at once, so its connection ends.
    @inline(__always)
    private func persistence(after request: borrowing RequestHead) -> ResponseWriter.Persistence {
        request.keepAlive && request.framing == .none && server.mode == .serving ? .keepAlive : .close
    }

    /// Moves on to what follows an answer.
    @inline(__always)
    private func conclude(_ writer: borrowing ResponseWriter, hasUnreadBody: Bool) {
        guard case .reading = phase else { return }
        switch (writer.stage, writer.persistence) {
        case (.body(remaining: 0, isSent: _), .keepAlive): break
        case (.body(remaining: 0, isSent: _), .close): phase = .settling(hasUnreadBody ? .linger : .close)
        case (.untouched, _): writeFailure(.unanswered, into: writer.output)
        case (.head, _), (.body, _), (.stream, _): phase = .settling(.close)
        }
    }

    // MARK: Failures

    /// Answers a failure and ends the connection; nothing that the client sent after it is looked at.
    func refuse(_ failure: RequestFailure) {
        let output = server.borrowOutput(for: self)
        writeFailure(failure, into: output)
        transmit(&output.pointee)
        server.returnOutput(output)
        settle()
    }

    private func writeFailure(_ failure: RequestFailure, into output: UnsafeMutablePointer<OutputBuffer>) {
        var writer = ResponseWriter(
            output, date: server.date, isHead: false, minorVersion: 1, persistence: .close)
        server.answer(failure, &writer)
        if case .closed = phase { return }
        phase = .settling(.linger)
    }
}
