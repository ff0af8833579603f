import EventLoops
import Synchronization

@testable import HTTPServing

/// Answers by a closure.
final class ClosureHandler: RequestHandler {
    typealias Body = @Sendable (borrowing RequestHead, inout ResponseWriter) -> Handling

    private let body: Body

    init(_ body: @escaping Body) {
        self.body = body
    }

    func handle(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) -> Handling {
        body(request, &writer)
    }
}

/// A server on loopback with loops of its own, stopped when the test is over.
///
/// The test's body runs on a thread of its own, because its clients block, and no more than a few do so at once.
struct TestServer {
    let server: HTTPServer
    let loops: [EventLoop]

    private static let gate = Gate(capacity: 8)

    static func with(
        at address: SocketAddress = freeAddress, loops count: Int = 1, maximumConnections: Int = 1000,
        limits: MessageLimits = MessageLimits(),
        timeouts: ServerTimeouts = ServerTimeouts(), _ handle: @escaping ClosureHandler.Body = TestServer.routes,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        await gate.enter()
        let loops = try EventLoopGroup(count: count + 1, label: "test").loops
        let serving = Array(loops.dropLast())
        var configuration = ServerConfiguration(address: address)
        configuration.maximumConnections = maximumConnections
        configuration.limits = limits
        configuration.timeouts = timeouts
        let server = try await HTTPServer.start(configuration, on: serving) { _ in ClosureHandler(handle) }
        let outcome: Result<Void, any Error>
        do {
            try await withTaskExecutorPreference(loops[count]) {
                try await body(TestServer(server: server, loops: serving))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await server.close()
        for loop in loops { loop.shutdown() }
        await gate.leave()
        try outcome.get()
    }

    func client(receiveBuffer: Int32? = nil) throws -> TestClient {
        try TestClient(to: server.address, receiveBuffer: receiveBuffer)
    }

    /// Waits until a condition holds; false when it does not within ten seconds.
    func eventually(_ condition: () -> Bool) async -> Bool {
        let deadline = MonotonicTime.current + .seconds(10)
        while !condition() {
            if MonotonicTime.current > deadline { return false }
            await loops[0].sleep(for: .milliseconds(1))
        }
        return true
    }

    /// `/hello` says hello, `/echo` sends the body back, `/size/N` sends N octets, `/nothing` is 204, anything else 404.
    static let routes: ClosureHandler.Body = { request, writer in
        let path = String(decoding: request.path, as: UTF8.self)
        switch path {
        case "/hello":
            writer.writeStatus(200)
            writer.writeField("Content-Type", "text/plain")
            writer.finishHead(contentLength: 5)
            writer.writeBody("hello")
        case "/nothing":
            writer.writeStatus(204)
            writer.finishHead(contentLength: nil)
        case "/same":
            writer.writeStatus(304)
            writer.finishHead(contentLength: 5)
            writer.writeBody("hello")
        case "/silence": break
        case "/echo": return .deferred(echo)
        case let path where path.hasPrefix("/size/"):
            let octets = Octets(count: Int(path.dropFirst(6)) ?? 0)
            writer.writeStatus(200)
            writer.finishHead(contentLength: octets.bytes.count)
            octets.bytes.withUnsafeBytes { writer.writeBody($0, owner: octets) }
        case _: writer.respond(Response(status: 404, contentType: "text/plain", body: "no \(path)"))
        }
        return .answered
    }

    private static func echo(_ exchange: Exchange) {
        Task(executorPreference: exchange.loop) {
            do throws(BodyFailure) {
                let body = try await exchange.readBody(limit: 100_000)
                exchange.respond(Response(status: 200, body: body))
            } catch {
                guard let status = error.status else { return }
                exchange.respond(Response(status: status, contentType: "text/plain", body: error.label))
            }
        }
    }
}

/// A body that answers refer to: octet n is n modulo 251.
final class Octets: Sendable {
    let bytes: [UInt8]

    init(count: Int) {
        let cycle = (0..<251).map { UInt8($0) }
        var bytes: [UInt8] = []
        for _ in 0...count / cycle.count { bytes += cycle }
        bytes.removeLast(bytes.count - count)
        self.bytes = bytes
    }
}

/// Hands exchanges from a handler to the test.
final class Mailbox: Sendable {
    private let exchanges = Mutex<[Exchange]>([])

    func put(_ exchange: Exchange) {
        exchanges.withLock { $0.append(exchange) }
    }

    var count: Int { exchanges.withLock { $0.count } }

    func take() -> Exchange? {
        exchanges.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// The next exchange, once there is one.
    func next(_ server: TestServer) async throws -> Exchange {
        guard await server.eventually({ count > 0 }), let exchange = take() else { throw TestClient.Failure.closed }
        return exchange
    }
}

extension Exchange {
    /// Runs on the exchange's loop and waits for the result.
    func onLoop<Value: Sendable>(_ work: @escaping @Sendable (Exchange) -> Value) async -> Value {
        await loop.run { work(self) }
    }
}
