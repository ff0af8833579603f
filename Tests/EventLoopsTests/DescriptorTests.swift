import Glibc
import Testing

@testable import EventLoops

@Suite("Watched descriptors") struct DescriptorTests {
    @Test func `a handler hears that bytes have come, again and again until they are read`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let pair = try SocketPair()
        let calls: Int = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                let handler = ClosureHandler()
                handler.onEvents = { events in
                    handler.calls += 1
                    guard handler.calls == 3 else { return }
                    handler.registration?.cancel()
                    continuation.resume(returning: events.contains(.readable) ? handler.calls : -1)
                }
                handler.watch(pair.near, on: loop)
                pair.writeFar("x")
            }
        }
        #expect(calls == 3)
    }

    @Test func `an event already fetched for a closed descriptor does not reach the next owner of its number`()
        async throws
    {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let first = try SocketPair(), second = try SocketPair()
        // Both are ready in the same batch; whichever handler runs first replaces the other.
        let strays: Int = await withCheckedContinuation { continuation in
            loop.execute {
                let handlers = [ClosureHandler(), ClosureHandler(), ClosureHandler()]
                for (index, pair) in [first, second].enumerated() {
                    handlers[index].onEvents = { _ in
                        let other = handlers[1 - index]
                        handlers[index].registration?.cancel()
                        other.registration?.cancel()
                        handlers[2].onEvents = { events in if events.contains(.readable) { handlers[2].calls += 1 } }
                        let reused = [first, second][1 - index]
                        reused.drainNear()
                        handlers[2].watch(reused.near, on: loop)
                        loop.schedule(after: .milliseconds(5)) {
                            handlers[2].registration?.cancel()
                            continuation.resume(returning: handlers[2].calls)
                        }
                    }
                    handlers[index].watch(pair.near, on: loop)
                    pair.writeFar("x")
                }
            }
        }
        #expect(strays == 0)
    }

    @Test func `a handler may close its descriptor inside the callback`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        for _ in 0..<200 {
            let pair = try SocketPair()
            await withCheckedContinuation { continuation in
                loop.execute {
                    let handler = ClosureHandler()
                    handler.onEvents = { _ in
                        handler.registration?.cancel()
                        handler.registration?.cancel()
                        pair.closeNear()
                        continuation.resume()
                    }
                    handler.watch(pair.near, on: loop)
                    pair.writeFar("x")
                }
            }
        }
    }

    @Test func `hangup is heard though nothing was asked for`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let pair = try SocketPair()
        let events: IOEvents = await withCheckedContinuation { continuation in
            loop.execute {
                let handler = ClosureHandler()
                handler.onEvents = { events in
                    handler.registration?.cancel()
                    continuation.resume(returning: events)
                }
                handler.watch(pair.near, on: loop, for: [])
                pair.closeFar()
            }
        }
        #expect(events.contains(.hangup))
    }

    @Test func `thousands of descriptors are served and all are closed at the end`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 20_000)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let pairs = try (0..<3_000).map { _ in try SocketPair() }
        let heard: Int = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                for pair in pairs {
                    let handler = ClosureHandler()
                    handler.onEvents = { _ in
                        handler.registration?.cancel()
                        log.count += 1
                        if log.count == pairs.count { continuation.resume(returning: log.count) }
                    }
                    handler.watch(pair.near, on: loop)
                }
                for pair in pairs { pair.writeFar("x") }
            }
        }
        #expect(heard == pairs.count)
    }
}

/// Safe: used by one loop at a time, after being handed over.
final class SocketPair: @unchecked Sendable {
    private(set) var near: Int32
    private(set) var far: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemCallError(call: "socketpair", code: errno) }
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        closeNear()
        closeFar()
    }

    func writeFar(_ text: String) {
        _ = write(far, text, text.utf8.count)
    }

    func drainNear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(near, &bytes, bytes.count)
    }

    func closeNear() {
        if near >= 0 { close(near) }
        near = -1
    }

    func closeFar() {
        if far >= 0 { close(far) }
        far = -1
    }
}

final class ClosureHandler: EventHandler {
    var onEvents: ((IOEvents) -> Void)?
    var registration: Registration?
    var calls = 0

    func watch(_ descriptor: Int32, on loop: EventLoop, for interest: IOEvents = .readable) {
        do {
            registration = try loop.register(descriptor, for: interest, handler: self)
        } catch {
            Issue.record("cannot register: \(error)")
        }
    }

    func handle(_ events: IOEvents) {
        onEvents?(events)
    }
}
