import Caching
import EventLoops
import Testing
import Tokens

@testable import Mintcache

@Suite struct `Retention in the archive` {
    private let archive = FakeArchive()
    private let time = TimeSource()
    private let metrics = Metrics()

    private func retention(on loop: EventLoop) -> ArchiveRetention {
        ArchiveRetention(
            archive: archive, retention: .seconds(86_400), time: time, loop: loop, metrics: metrics,
            log: Logger(sink: LogSink(), level: .error, format: .json))
    }

    private func fill(_ count: Int, fetched age: Duration) async throws {
        for number in 0..<count {
            let caip19 = "eip155:1/erc721:0x00000000000000000000000000000000000000aa/\(number)"
            await archive.put(
                TokenRecord(
                    reference: try TokenReference(caip19: caip19), outcome: .document,
                    fetchedAt: time.now - age.inMilliseconds, freshUntil: time.now))
        }
    }

    @Test func `deletes what nobody fetched for so long, piece by piece`() async throws {
        let loop = try EventLoop(label: "test.retention")
        defer { loop.shutdown() }
        try await fill(1200, fetched: .seconds(90_000))
        await retention(on: loop).deleteOverdue()
        #expect(await archive.held.isEmpty)
        #expect(metrics.expiredRows.current == 1200)
    }

    @Test func `keeps what was fetched since`() async throws {
        let loop = try EventLoop(label: "test.retention")
        defer { loop.shutdown() }
        try await fill(10, fetched: .seconds(80_000))
        await retention(on: loop).deleteOverdue()
        #expect(await archive.held.count == 10)
        time.advance(by: .seconds(10_000))
        await retention(on: loop).deleteOverdue()
        #expect(await archive.held.isEmpty)
    }

    @Test func `gives up until the next time when the archive refuses`() async throws {
        let loop = try EventLoop(label: "test.retention")
        defer { loop.shutdown() }
        try await fill(10, fetched: .seconds(90_000))
        await archive.fail(with: StoreError(kind: .overloaded, detail: "another deletes"))
        await retention(on: loop).deleteOverdue()
        #expect(await archive.held.count == 10)
        #expect(metrics.expiredRows.current == 0)
    }
}
