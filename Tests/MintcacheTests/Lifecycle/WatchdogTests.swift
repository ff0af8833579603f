import Dispatch
import EventLoops
import MintcacheTesting
import Synchronization
import Testing

@testable import Mintcache

@Suite(.timeLimit(.minutes(1))) struct `The watchdog` {
    private let pipe: LogPipe
    private let sink: LogSink
    private let loop: EventLoop
    private let stalls = Counter()
    private let exit = ExitCode()

    init() throws {
        pipe = try LogPipe()
        sink = LogSink(descriptor: pipe.writeEnd)
        loop = try EventLoop(label: "watched")
    }

    private final class ExitCode: Sendable {
        let code = Mutex<Int32?>(nil)
    }

    private func watchdog(exitAfter: Duration?) -> Watchdog {
        let log = Logger(sink: sink, level: .debug, format: .json)
        let tools = Watchdog.Tools(log: log, sink: sink, stalls: stalls, notifier: nil) { [exit] code in
            exit.code.withLock { $0 = code }
        }
        return Watchdog(
            [("fetch", loop)], limits: .init(log: .milliseconds(50), exit: exitAfter), tools: tools)
    }

    /// What has been logged, as soon as it contains these words.
    private func logged(_ words: String) async throws -> String {
        var bytes: [UInt8] = []
        try await eventually("“\(words)” in the log") {
            bytes += pipe.available()
            return String(decoding: bytes, as: UTF8.self).contains(words)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `logs which loop is held up, where and for how long, and that it goes on`() async throws {
        let gate = DispatchSemaphore(value: 0)
        loop.execute { gate.wait() }
        let watchdog = watchdog(exitAfter: nil)
        watchdog.start()
        let line = try await logged("a loop is held up")
        #expect(line.contains("\"loop\":\"fetch\""))
        #expect(line.contains("\"milliseconds\":\""))
        #expect(line.contains("libdispatch.so+0x"), "the stack shows whom the loop waits for: \(line)")
        gate.signal()
        _ = try await logged("the loop goes on")
        #expect(stalls.current == 1)
        #expect(exit.code.withLock { $0 } == nil)
        watchdog.end()
        loop.shutdown()
    }

    @Test func `ends the process with a code of its own when a loop does not come back`() async throws {
        let gate = DispatchSemaphore(value: 0)
        loop.execute { gate.wait() }
        watchdog(exitAfter: .milliseconds(200)).start()
        try await eventually("the process would end") { exit.code.withLock { $0 } == 70 }
        _ = try await logged("does not come back")
        gate.signal()
        loop.shutdown()
    }

    @Test func `ends the process although nobody reads the log`() async throws {
        let gate = DispatchSemaphore(value: 0)
        loop.execute { gate.wait() }
        sink.write(Array(repeating: 0x0A, count: 1 << 20))
        watchdog(exitAfter: .milliseconds(200)).start()
        try await eventually("the process would end") { exit.code.withLock { $0 } == 70 }
        gate.signal()
        loop.shutdown()
        // So that the sink's queue is not left waiting.
        _ = try await logged("does not come back")
    }
}
