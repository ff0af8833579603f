import EventLoops
import MintcacheTesting
import Synchronization
import Testing
import UpstreamFetching

@testable import Mintcache

@Suite("A relayed body")
struct BodyRelayTests {
    private static let kibibyte = [UInt8](repeating: 7, count: 1024)

    /// Runs on a loop of its own, as the product does.
    private func play(
        _ limits: BodyRelay.Limits, _ scenario: @escaping @Sendable (BodyRelay) async throws -> Void
    ) async throws {
        let loop = try EventLoop(label: "relay")
        defer { loop.shutdown() }
        let relay = BodyRelay(loop: loop, limits: limits)
        try await Task(executorPreference: loop) { try await scenario(relay) }.value
    }

    private static func drain(_ reader: BodyReader) async -> (bytes: Int, isComplete: Bool) {
        var bytes = 0
        while true {
            switch await reader.next() {
            case .bytes(let piece): bytes += piece.count
            case .end: return (bytes, true)
            case .failure: return (bytes, false)
            }
        }
    }

    @Test
    func `is kept whole while it may be stored, and read by those who come late from its start`() async throws {
        try await play(.init(retained: 8 * 1024)) { relay in
            let early = try #require(await relay.reader())
            await relay.release()
            for _ in 0..<4 { #expect(await relay.append(Self.kibibyte)) }
            let late = try #require(await relay.reader())
            await relay.finish()
            #expect(await Self.drain(early) == (4096, true))
            #expect(await Self.drain(late) == (4096, true))
            #expect(await relay.held.count == 4096)
        }
    }

    @Test
    func `cannot be joined once its start is gone`() async throws {
        try await play(.init(retained: 1024, window: 4096)) { relay in
            let reader = try #require(await relay.reader())
            await relay.release()
            for _ in 0..<3 { #expect(await relay.append(Self.kibibyte)) }
            guard case .bytes = await reader.next() else { return #expect(Bool(false), "the first piece is there") }
            #expect(await relay.reader() == nil)
            #expect(await relay.isStorable == false)
            await relay.finish()
            #expect(await Self.drain(reader) == (2048, true))
        }
    }

    @Test
    func `is taken from its source no faster than the slowest reader takes it`() async throws {
        try await play(.init(retained: 0, window: 4096)) { relay in
            let slow = try #require(await relay.reader())
            let quick = try #require(await relay.reader())
            await relay.release()
            let taken = Mutex(0)
            let source = Task {
                for _ in 0..<64 where await relay.append(Self.kibibyte) { taken.withLock { $0 += 1 } }
                await relay.finish()
            }
            let reading = Task { await Self.drain(quick) }
            try await eventually { taken.withLock { $0 } == 3 }
            _ = await slow.next()
            try await eventually { taken.withLock { $0 } == 4 }
            #expect(await Self.drain(slow) == (63 * 1024, true))
            await source.value
            #expect(await reading.value == (64 * 1024, true))
        }
    }

    @Test
    func `flows on for the others when a reader that held it back leaves`() async throws {
        try await play(.init(retained: 0, window: 2048)) { relay in
            var stalled: BodyReader? = await relay.reader()
            let other = try #require(await relay.reader())
            await relay.release()
            let source = Task {
                for _ in 0..<8 { _ = await relay.append(Self.kibibyte) }
                await relay.finish()
            }
            let reading = Task { await Self.drain(other) }
            #expect(stalled != nil)
            stalled = nil
            await source.value
            #expect(await reading.value == (8192, true))
        }
    }

    @Test
    func `gives up a reader that takes nothing while others wait for more`() async throws {
        try await play(.init(retained: 0, window: 2048, patience: .milliseconds(20))) { relay in
            let stalled = try #require(await relay.reader())
            let other = try #require(await relay.reader())
            await relay.release()
            let source = Task {
                for _ in 0..<8 { _ = await relay.append(Self.kibibyte) }
                await relay.finish()
            }
            #expect(await Self.drain(other) == (8192, true))
            await source.value
            #expect(await Self.drain(stalled).isComplete == false)
        }
    }

    @Test
    func `is given up when nobody reads it and it is not to be stored`() async throws {
        try await play(.init(retained: 0)) { relay in
            var reader: BodyReader? = await relay.reader()
            await relay.release()
            #expect(await relay.append(Self.kibibyte))
            #expect(reader != nil)
            reader = nil
            try await eventually { await relay.append(Self.kibibyte) == false }
        }
    }

    @Test
    func `goes on without readers as long as it may be stored`() async throws {
        try await play(.init(retained: 4096)) { relay in
            await relay.release()
            for _ in 0..<4 { #expect(await relay.append(Self.kibibyte)) }
            #expect(await relay.isStorable)
            #expect(await relay.append(Self.kibibyte) == false)
        }
    }

    @Test
    func `that breaks off is never taken for whole`() async throws {
        try await play(.init(retained: 4096)) { relay in
            let reader = try #require(await relay.reader())
            #expect(await relay.append(Self.kibibyte))
            await relay.fail(FetchFailure(.truncated, "", "cut"))
            guard case .failed = await relay.progress(within: .seconds(5)) else {
                return #expect(Bool(false), "the failure is told before the answer begins")
            }
            #expect(await Self.drain(reader) == (1024, false))
        }
    }

    @Test
    func `lets its answer begin when enough has come or the time is up`() async throws {
        try await play(.init(retained: 0, hold: 2048)) { relay in
            #expect(await relay.append(Self.kibibyte))
            guard case .flowing = await relay.progress(within: .milliseconds(1)) else {
                return #expect(Bool(false), "the time is up")
            }
            let waiting = Task(executorPreference: relay.loop) { await relay.progress(within: .seconds(60)) }
            #expect(await relay.append(Self.kibibyte))
            guard case .flowing = await waiting.value else { return #expect(Bool(false), "enough has come") }
        }
    }
}
