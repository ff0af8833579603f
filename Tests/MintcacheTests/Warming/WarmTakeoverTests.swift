import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite(.timeLimit(.minutes(1))) struct `A warm job that changes hands` {
    private let bench: WarmBench
    private let source: ScriptedSource

    init() throws {
        bench = try WarmBench()
        source = bench.flights.source
    }

    private func state(_ identifier: String, _ jobs: WarmJobs) async throws -> JSONValue {
        try json(try #require(try await jobs.report(of: identifier)).node.bytes)
    }

    private func ends(_ identifier: String, _ jobs: WarmJobs) async throws -> JSONValue {
        try await eventually("the job ends") {
            try await state(identifier, jobs)["state"]?.string == "finished"
        }
        return try await state(identifier, jobs)
    }

    @Test(arguments: [false, true])
    func `is released by an instance that stops, and goes on where it was`(isRefresh: Bool) async throws {
        let here = bench.jobs("here"), there = bench.jobs("there")
        let options = #","concurrency":2,"refresh":\#(isRefresh)"#
        let identifier = try await bench.working(here) {
            let identifier = try await here.start(try WarmBench.request(to: 30, options))
            try await eventually("some are fetched") { await source.calls.count > 10 }
            await source.gate.close()
            return identifier
        }
        await source.gate.open()
        try await eventually("what was under way ends") { await bench.flights.board.load.flights == 0 }
        let before = await source.calls.count
        try await bench.working(there) {
            let last = try await ends(identifier, there)
            #expect(last["done"]?.integer == 30 && last["failed"]?.integer == 0)
            #expect(last["instance"]?.string == "there")
        }
        let calls = await source.calls
        #expect(before <= 30)
        #expect(calls.count == 30 && Set(calls).count == 30)
    }

    @Test func `is taken up when the lease of an instance that died is over, and not before`() async throws {
        let identifier = try await bench.jobs().start(try WarmBench.request(to: 3))
        _ = try await bench.store.claim(as: "dead#1", for: .seconds(10))
        let jobs = bench.jobs("there")
        try await bench.working(jobs) {
            #expect(try await state(identifier, jobs)["state"]?.string == "running")
            bench.flights.time.advance(by: .seconds(9))
            // It looks every few milliseconds.
            await bench.flights.loop.sleep(for: .milliseconds(50))
            #expect(await source.calls.isEmpty)
            bench.flights.time.advance(by: .seconds(2))
            let last = try await ends(identifier, jobs)
            #expect(last["fetched"]?.integer == 3)
        }
    }

    @Test func `is left alone by an instance that has lost it`() async throws {
        let here = bench.jobs("here")
        try await bench.working(here) {
            await source.gate.close()
            let identifier = try await here.start(try WarmBench.request(to: 1000, #","concurrency":2"#))
            try await eventually("two fetches begin") { await source.calls.count == 2 }
            await bench.access.goAway(true)
            bench.flights.time.advance(by: .seconds(60))
            _ = try await bench.store.claim(as: "there#1", for: .seconds(600))
            await bench.access.goAway(false)
            await source.gate.open()
            try await eventually("it is let go") { await here.running == 0 }
            #expect(await source.calls.count < 1000)
            #expect(try await bench.store.job(identifier)?.owner == "there#1")
        }
    }

    @Test func `that refreshes counts what was fetched since its beginning as done`() async throws {
        let here = bench.jobs("here"), there = bench.jobs("there")
        for number in 1...3 as ClosedRange<UInt64> { await bench.flights.redis.put(try record(number)) }
        await source.gate.close()
        let identifier = try await bench.working(here) {
            let identifier = try await here.start(try WarmBench.request(to: 3, #","concurrency":1,"refresh":true"#))
            try await eventually("the first begins") { await source.calls.count == 1 }
            return identifier
        }
        // The first was fetched, and its instance died before it could say so.
        await source.gate.open()
        try await eventually("it lands") { await bench.flights.board.load.flights == 0 }
        try await bench.working(there) {
            let last = try await ends(identifier, there)
            #expect(last["fetched"]?.integer == 3)
        }
        #expect(await source.calls.count == 3)
    }
}
