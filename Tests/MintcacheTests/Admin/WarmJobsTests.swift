import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `Warm jobs` {
    private let bench: FlightBench
    private let jobs: WarmJobs

    init() throws {
        bench = try FlightBench()
        jobs = WarmJobs(loop: bench.loop, board: bench.board)
    }

    private func request(_ to: Int, _ options: String = "") throws -> WarmRequest {
        let body = #"{"chain":"ethereum","contract":"\#(sampleContract)","from":"1","to":"\#(to)"\#(options)}"#
        return try WarmRequest(parsing: Array(body.utf8), chains: sampleChains)
    }

    private func state(of identifier: String) async throws -> String? {
        try json(await jobs.progress(of: identifier) ?? [])["state"]?.string
    }

    @Test func `fetch every token once, no more at a time than asked`() async throws {
        await bench.source.gate.close()
        let identifier = try await jobs.start(try request(20, #","concurrency":3"#))
        try await eventually("three fetches begin") { await bench.source.calls.count == 3 }
        #expect(await bench.board.load.flights == 3)
        await bench.source.gate.open()
        try await eventually("the job ends") { try await state(of: identifier) == "finished" }
        let calls = await bench.source.calls
        #expect(calls.count == 20 && Set(calls).count == 20)
        let progress = try json(try #require(await jobs.progress(of: identifier)))
        #expect(progress["done"]?.integer == 20 && progress["fetched"]?.integer == 20)
    }

    @Test func `that were cancelled begin nothing more, even those that wait for their turn`() async throws {
        let identifier = try await jobs.start(try request(10_000, #","concurrency":50,"rate":20"#))
        try await eventually("the first is fetched") { await bench.source.calls.count >= 1 }
        #expect(await jobs.cancel(identifier))
        let calls = await bench.source.calls.count
        #expect(try await state(of: identifier) == "cancelled")
        // The turns of ten more would have come by then.
        await bench.loop.sleep(for: .milliseconds(500))
        #expect(await bench.source.calls.count <= calls + 1)
    }

    @Test func `that run are bounded, and those that ended make room`() async throws {
        await bench.source.gate.close()
        for _ in 0..<WarmJobs.maximumRunning { _ = try await jobs.start(try request(1)) }
        let problem = await #expect(throws: Problem.self) { try await jobs.start(try request(1)) }
        #expect(problem?.status == 429 && problem?.retryAfter == 10)
        await jobs.cancelAll()
        _ = try await jobs.start(try request(1))
        await bench.source.gate.open()
    }

    @Test func `are listed, the newest first`() async throws {
        let first = try await jobs.start(try request(1)), second = try await jobs.start(try request(1))
        let listed = try #require(try json(await jobs.list())["jobs"]).elements.map { $0["id"]?.string }
        #expect(listed == [second, first])
        #expect(await jobs.progress(of: "unknown") == nil)
        #expect(await jobs.cancel("unknown") == false)
    }
}
