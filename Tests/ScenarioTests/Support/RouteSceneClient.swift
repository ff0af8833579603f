import EventLoops
import MintcacheTesting

/// A client's connection: it sends what it is told, octet by octet, reads answers strictly, and stops reading when told.
///
/// Pinned to its loop.
actor SceneClient {
    private let loop: EventLoop
    private let socket: ScriptedSocket
    private var reader = SceneAnswerReader()
    private var waiting: CheckedContinuation<Void, Never>?
    private var answers: [Result<SceneAnswer, any Error>] = []
    /// Whether the next answer is one to HEAD, which has no body.
    private var expectsHead = false
    /// The proxy has ended the connection.
    private(set) var isEnded = false
    /// Something has happened since the answer was last looked for.
    private var hasNews = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init(_ socket: LoopBound<ScriptedSocket>, loop: EventLoop) {
        self.loop = loop
        self.socket = socket.value
    }

    /// - Parameters:
    ///   - keptBytes: octets of each body that are kept; the rest is counted.
    ///   - receiveBuffer: octets the kernel may hold while the client does not read.
    static func open(
        to port: UInt16, on loop: EventLoop, keptBytes: Int = .max, receiveBuffer: Int32 = 0
    ) async throws -> SceneClient {
        let descriptor = try LoopbackTCP.connection(to: port, receiveBuffer: receiveBuffer)
        let client = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                continuation.resume(
                    with: Result {
                        let socket = try ScriptedSocket(owning: descriptor, on: loop)
                        return SceneClient(LoopBound(socket, on: loop), loop: loop)
                    })
            }
        }
        await client.begin(keptBytes)
        return client
    }

    private func begin(_ keptBytes: Int) {
        reader.keptBytes = keptBytes
        socket.onBytes = { [weak self] bytes in self?.assumeIsolated { $0.receive(bytes) } }
        socket.onEnd = { [weak self] in self?.assumeIsolated { $0.end() } }
    }

    func send(_ text: String) { socket.write(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) { socket.write(bytes) }
    /// Ends the sending direction.
    func finish() { socket.finish() }
    func pauseReading() { socket.isReading = false }
    func resumeReading() { socket.isReading = true }
    /// Octets of the answer under way that have come.
    var receivedBytes: Int { reader.partial.bodyLength }
    /// The answer under way, as far as it has come; `nil` before its head.
    var partial: SceneAnswer? { reader.hasHead ? reader.partial : nil }
    /// Interim answers that have come for the answer under way.
    var interimCount: Int { reader.partial.interim.count }
    /// Octets sent that the kernel has not taken.
    var pendingBytes: Int { socket.pendingBytes }

    /// Sends a request; a Host field and Content-Length are added.
    func ask(_ method: String, _ target: String, _ fields: [String] = [], body: String = "") {
        var lines = ["\(method) \(target) HTTP/1.1"]
        if !fields.contains(where: { $0.lowercased().hasPrefix("host:") }) { lines.append("Host: proxy.test") }
        lines += fields
        expectsHead = method == "HEAD"
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// The next answer; incomplete when the connection ends within its body. Throws when there is no head.
    func answer(within limit: Duration = .seconds(10)) async throws -> SceneAnswer {
        let deadline = MonotonicTime.current + limit
        while true {
            hasNews = false
            if !answers.isEmpty { return try answers.removeFirst().get() }
            if isEnded {
                guard reader.hasHead else { throw TestSupportError("the connection ended before the answer") }
                return reader.partial
            }
            guard MonotonicTime.current < deadline else { throw TestSupportError("no answer within \(limit)") }
            let timer = loop.schedule(at: deadline) { [weak self] in self?.assumeIsolated { $0.wake() } }
            await withCheckedContinuation { continuation in
                // The loop may have turned on the way here.
                if hasNews { continuation.resume() } else { waiting = continuation }
            }
            timer.cancel()
        }
    }

    func request(
        _ method: String, _ target: String, _ fields: [String] = [], body: String = ""
    ) async throws -> SceneAnswer {
        ask(method, target, fields, body: body)
        return try await answer()
    }

    func close() {
        socket.close()
        end()
    }

    func reset() {
        socket.reset()
        end()
    }

    private func receive(_ bytes: [UInt8]) {
        reader.append(bytes)
        read()
    }

    private func end() {
        isEnded = true
        read()
    }

    private func read() {
        do {
            while let answer = try reader.next(isHead: expectsHead, isAtEnd: isEnded) {
                answers.append(.success(answer))
            }
        } catch {
            answers.append(.failure(error))
            socket.close()
        }
        wake()
    }

    private func wake() {
        hasNews = true
        waiting.take()?.resume()
    }
}
