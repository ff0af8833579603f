import EventLoops
import Glibc
import MintcacheTesting
import Synchronization

@testable import Mintcache

/// An origin server that knows nothing of HTTP's rules: it hands every request to the test and answers with exactly the
/// octets that the test wants, when the test wants them.
final class ScriptedOrigin: Sendable {
    private struct State {
        var script: [Reply] = []
        var standing: (@Sendable (ReceivedRequest) -> Reply)?
        var requests: [ReceivedRequest] = []
        var connections = 0
        var open = 0
        var sent = 0
    }

    let port: UInt16
    let loop: EventLoop
    private let time: TimeSource
    private let state = Mutex(State())
    private let plant: LoopBound<OriginPlant>
    /// Open unless a test closes it: while closed, bodies of requests are left in the kernel.
    let bodies = Gate()

    init(time: TimeSource) async throws {
        loop = try EventLoop(label: "origin")
        port = try FreePort.next()
        self.time = time
        plant = LoopBound(OriginPlant(), on: loop)
        bodies.open()
        try await listen()
    }

    // MARK: The script

    /// The next request that nothing is scripted for yet is answered so.
    func answers(_ status: Int, _ fields: [String] = [], _ body: String = "") {
        answers(Reply(status, fields, body))
    }

    func answers(_ replies: Reply...) {
        state.withLock { $0.script += replies }
    }

    /// Every request for which the script has no answer is answered so, when its body is there.
    func always(_ reply: @escaping @Sendable (ReceivedRequest) -> Reply) {
        state.withLock { $0.standing = reply }
    }

    func always(_ status: Int, _ fields: [String] = [], _ body: String = "") {
        always { _ in Reply(status, fields, body) }
    }

    /// What is scripted and was not asked for is not answered any more.
    func forgetScript() {
        state.withLock { $0.script = [] }
    }

    // MARK: What happened

    /// In the order of their heads, those whose body is under way included.
    var requests: [ReceivedRequest] { state.withLock { $0.requests } }
    var requestCount: Int { state.withLock { $0.requests.count } }
    /// Connections taken so far, and those open now.
    var connectionCount: Int { state.withLock { $0.connections } }
    var openConnectionCount: Int { state.withLock { $0.open } }
    /// Octets that the kernel took, of all answers.
    var sentBytes: Int { state.withLock { $0.sent } }
    var lastRequest: ReceivedRequest? { state.withLock { $0.requests.last } }

    /// Waits until so many requests have come in all.
    @discardableResult
    func received(_ count: Int, within limit: Duration = .seconds(5)) async throws -> [ReceivedRequest] {
        try await eventually(within: limit, "\(count) requests at the origin") { requestCount >= count }
        return requests
    }

    /// The same, with their bodies.
    func receivedWhole(_ count: Int) async throws -> [ReceivedRequest] {
        try await eventually("\(count) whole requests at the origin") { requests.count(where: \.isWhole) >= count }
        return requests
    }

    // MARK: Being there or not

    /// Refuses connections from now on and ends those it has.
    func vanish() async {
        await onLoop { $0.vanish() }
    }

    /// Ends every connection it has, and takes new ones.
    func dropConnections() async {
        await onLoop { $0.drop() }
    }

    /// Takes connections again.
    func listen() async throws {
        let descriptor = try LoopbackTCP.listener(on: port)
        await onLoop { [self] plant in
            plant.listen(descriptor, on: loop) { [weak self] in self?.accept($0) }
        }
    }

    func stop() async {
        await vanish()
        loop.shutdown()
    }

    private func onLoop(_ work: @escaping @Sendable (OriginPlant) -> Void) async {
        let plant = plant
        await withCheckedContinuation { continuation in
            loop.execute {
                work(plant.value)
                continuation.resume()
            }
        }
    }

    // MARK: For its connections

    private func accept(_ descriptor: Int32) {
        let number = state.withLock { state in
            state.connections += 1
            state.open += 1
            return state.connections
        }
        guard let connection = try? OriginConnection(descriptor, number: number, of: self) else {
            close(descriptor)
            return
        }
        plant.value.connections[number] = connection
    }

    func ended(_ number: Int) {
        plant.value.connections[number] = nil
        state.withLock { $0.open -= 1 }
    }

    /// Notes a request whose head is there. What the script has for it is known at once; what else is done about it
    /// may depend on its body.
    func begin(_ request: ReceivedRequest) -> (index: Int, reply: Reply?) {
        state.withLock { state in
            state.requests.append(request)
            return (state.requests.count - 1, state.script.isEmpty ? nil : state.script.removeFirst())
        }
    }

    /// The answer to a request that the script has none for, once its body is there.
    func standingReply(toRequest index: Int) -> Reply {
        let (request, standing) = state.withLock { ($0.requests[index], $0.standing) }
        let unexpected = Reply(599, ["X-Unscripted: \(request.method) \(request.target)"], "not in the script")
        return standing?(request) ?? unexpected
    }

    func received(_ bytes: ArraySlice<UInt8>, ofBodyOf index: Int) {
        state.withLock { state in
            state.requests[index].bodyLength += bytes.count
            let room = 1_048_576 - state.requests[index].body.count
            if room > 0 { state.requests[index].body += bytes.prefix(room) }
        }
    }

    func count(sent: Int) {
        state.withLock { $0.sent += sent }
    }

    func dated(_ text: String) -> [UInt8] {
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: "{now"), let end = rest[range.upperBound...].firstIndex(of: "}") {
            result += rest[..<range.lowerBound]
            result += date(Int(rest[range.upperBound..<end].drop { $0 == "+" }) ?? 0)
            rest = rest[rest.index(after: end)...]
        }
        return (result + rest).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// A date so many seconds away from now, by the scene's clock, in the preferred format, or in another as strftime(3)
    /// has it.
    func date(_ offset: Int = 0, format: String = "%a, %d %b %Y %H:%M:%S GMT") -> String {
        var moment = time_t(Int(time.now / 1000) + offset)
        var parts = tm()
        gmtime_r(&moment, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, format, &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What an origin has on its loop.
final class OriginPlant {
    private var listener: OriginListener?
    var connections: [Int: OriginConnection] = [:]

    func listen(_ descriptor: Int32, on loop: EventLoop, _ accept: @escaping (Int32) -> Void) {
        listener?.close()
        listener = try? OriginListener(descriptor, on: loop, accept)
    }

    func vanish() {
        listener?.close()
        listener = nil
        drop()
    }

    func drop() {
        for connection in connections.values { connection.end() }
    }
}

final class OriginListener: EventHandler {
    private let descriptor: Int32
    private let accepted: (Int32) -> Void
    private var registration: Registration?

    init(_ descriptor: Int32, on loop: EventLoop, _ accepted: @escaping (Int32) -> Void) throws {
        self.descriptor = descriptor
        self.accepted = accepted
        registration = try loop.register(descriptor, for: .readable, handler: self)
    }

    func handle(_ events: IOEvents) {
        while registration != nil {
            let socket = accept(descriptor, nil, nil)
            if socket < 0 { return }
            LoopbackTCP.setNonBlocking(socket)
            accepted(socket)
        }
    }

    func close() {
        registration?.cancel()
        registration = nil
        Glibc.close(descriptor)
    }
}
