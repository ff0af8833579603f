import EventLoops

/// One connection to a scripted origin: it takes requests apart and carries out what the script has for each.
final class OriginConnection {
    private enum Phase {
        case head
        /// A body of so many octets more.
        case body(Int)
        case chunkSize
        /// So many octets of a chunk, its CRLF included.
        case chunk(Int)
        case trailer
        case whole
    }

    private static let filling = [UInt8](repeating: UInt8(ascii: "."), count: 64 * 1024)

    private let socket: ScriptedSocket
    private let number: Int
    private let origin: ScriptedOrigin
    private var input: [UInt8] = []
    private var phase = Phase.head
    private var current: (index: Int, isHead: Bool)?
    private var steps: [Reply.Step] = []
    private var isWaiting = false
    private var isRunning = false
    private var isEnded = false

    init(_ descriptor: Int32, number: Int, of origin: ScriptedOrigin) throws {
        socket = try ScriptedSocket(owning: descriptor, on: origin.loop)
        self.number = number
        self.origin = origin
        // The origin holds this connection until it has ended.
        socket.onBytes = { [unowned self] in take($0) }
        socket.onDrained = { [unowned self] in run() }
        socket.onEnd = { [unowned self] in end() }
    }

    func end(reset: Bool = false) {
        guard !isEnded else { return }
        isEnded = true
        if reset { socket.reset() } else { socket.close() }
        steps = []
        origin.ended(number)
    }

    // MARK: Requests

    private func take(_ bytes: [UInt8]) {
        input += bytes
        parse()
    }

    private func parse() {
        while step() {}
        if case .whole = phase { run() }
    }

    /// Takes one piece of a request from the input; false when there is not enough of it.
    private func step() -> Bool {
        switch phase {
        case .head:
            guard current == nil, let end = input.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
            let head = Array(input[..<end.lowerBound])
            input.removeFirst(end.upperBound)
            begin(head)
        case .body(let left):
            guard left > 0 else { return finishBody() }
            guard mayReadBody(), !input.isEmpty else { return false }
            let piece = input.prefix(left)
            note(piece)
            phase = .body(left - piece.count)
            input.removeFirst(piece.count)
        case .chunkSize:
            guard mayReadBody(), let line = takeLine() else { return false }
            let size = Int(line.prefix { $0 != ";" }, radix: 16) ?? 0
            phase = size == 0 ? .trailer : .chunk(size + 2)
        case .chunk(let size):
            guard input.count >= size else { return false }
            note(input.prefix(size - 2))
            input.removeFirst(size)
            phase = .chunkSize
        case .trailer:
            guard let line = takeLine() else { return false }
            if line.isEmpty { return finishBody() }
        case .whole: return false
        }
        return true
    }

    private func takeLine() -> String? {
        guard let end = input.firstRange(of: Array("\r\n".utf8)) else { return nil }
        let line = String(decoding: input[..<end.lowerBound], as: UTF8.self)
        input.removeFirst(end.upperBound)
        return line
    }

    private func begin(_ head: [UInt8]) {
        let lines = head.split(separator: UInt8(ascii: "\n")).map { line in
            String(String.UnicodeScalarView(line.filter { $0 != UInt8(ascii: "\r") }.map { Unicode.Scalar($0) }))
        }
        let parts = (lines.first ?? "").split(separator: " ", maxSplits: 2).map { String($0) }
        let fields = lines.dropFirst().map { line -> (name: String, value: String) in
            let name = line.prefix { $0 != ":" }
            let value = line.dropFirst(name.count + 1).drop { $0 == " " }
            return (String(name), String(value))
        }
        let request = ReceivedRequest(
            method: parts.first ?? "", target: parts.dropFirst().first ?? "", fields: fields, connection: number)
        let (index, reply) = origin.begin(request)
        current = (index, request.method == "HEAD")
        steps = reply?.steps ?? [.requestBody, .standing]
        if request["Transfer-Encoding"] != nil {
            phase = .chunkSize
        } else {
            phase = .body(request["Content-Length"].flatMap { Int($0) } ?? 0)
        }
        run()
    }

    private func note(_ piece: ArraySlice<UInt8>) {
        if let current { origin.received(piece, ofBodyOf: current.index) }
    }

    private func finishBody() -> Bool {
        phase = .whole
        return false
    }

    private func mayReadBody() -> Bool {
        let this = LoopBound(self, on: origin.loop)
        let loop = origin.loop
        let mayRead = origin.bodies.passes {
            loop.execute {
                this.value.socket.isReading = true
                this.value.parse()
            }
        }
        socket.isReading = mayRead
        return mayRead
    }

    // MARK: Answers

    /// Carries out the script as far as it can be.
    private func run() {
        guard !isRunning, !isWaiting else { return }
        isRunning = true
        defer { isRunning = false }
        while current != nil, socket.isOpen, socket.isDrained {
            guard let step = steps.first else { return finishReply() }
            guard perform(step) else { return }
        }
    }

    /// False when the script stops here for now.
    private func perform(_ step: Reply.Step) -> Bool {
        switch step {
        case .head(let text): send(origin.dated(text))
        case .body(let bytes): if current?.isHead != true { send(bytes) }
        case .octets(let bytes): send(bytes)
        case .fill(let count):
            let piece = Self.filling.prefix(count)
            if count > piece.count { steps[0] = .fill(count - piece.count) } else { steps.removeFirst() }
            send(Array(piece))
            return true
        case .wait(let gate):
            guard passes(gate) else { return false }
        case .requestBody:
            guard case .whole = phase else { return false }
        case .standing:
            if let current { steps += origin.standingReply(toRequest: current.index).steps }
        case .finish: socket.finish()
        case .close:
            end()
            return false
        case .reset:
            end(reset: true)
            return false
        case .hang: return false
        }
        // Sending to a client that is gone ends the connection, and with it the script.
        guard !steps.isEmpty else { return false }
        steps.removeFirst()
        return true
    }

    private func passes(_ gate: Gate) -> Bool {
        let this = LoopBound(self, on: origin.loop)
        let loop = origin.loop
        isWaiting = true
        let passes = gate.passes {
            loop.execute {
                this.value.isWaiting = false
                this.value.run()
            }
        }
        if passes { isWaiting = false }
        return passes
    }

    private func send(_ bytes: [UInt8]) {
        origin.count(sent: bytes.count)
        socket.write(bytes)
    }

    private func finishReply() {
        guard case .whole = phase else { return }
        current = nil
        phase = .head
        if !input.isEmpty {
            let this = LoopBound(self, on: origin.loop)
            origin.loop.execute { this.value.parse() }
        }
    }
}
