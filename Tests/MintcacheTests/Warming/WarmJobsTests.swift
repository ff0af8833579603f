import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite(.timeLimit(.minutes(1))) struct `Warm jobs` {
    private let bench: WarmBench
    private let source: ScriptedSource

    init() throws {
        bench = try WarmBench()
        source = bench.flights.source
    }

    private func report(_ identifier: String, _ jobs: WarmJobs) async throws -> JSONValue {
        try json(try #require(try await jobs.report(of: identifier)).node.bytes)
    }

    private func state(_ identifier: String, _ jobs: WarmJobs) async throws -> String? {
        try await report(identifier, jobs)["state"]?.string
    }

    @Test func `fetch every token once, no more at a time than asked`() async throws {
        await source.gate.close()
        let jobs = bench.jobs()
        try await bench.working(jobs) {
            let identifier = try await jobs.start(try WarmBench.request(to: 20, #","concurrency":3"#))
            try await eventually("three fetches begin") { await source.calls.count == 3 }
            #expect(await bench.flights.board.load.flights == 3)
            await source.gate.open()
            try await eventually("the job ends") { try await state(identifier, jobs) == "finished" }
            let calls = await source.calls
            #expect(calls.count == 20 && Set(calls).count == 20)
            let progress = try await report(identifier, jobs)
            #expect(progress["done"]?.integer == 20 && progress["fetched"]?.integer == 20)
            #expect(progress["ended_at"]?.string != nil && progress["eta_seconds"]?.isNull == true)
        }
    }

    @Test func `that were cancelled begin nothing more`() async throws {
        let jobs = bench.jobs()
        try await bench.working(jobs) {
            await source.gate.close()
            let identifier = try await jobs.start(try WarmBench.request(to: 10_000, #","concurrency":2"#))
            try await eventually("two fetches begin") { await source.calls.count == 2 }
            #expect(try await jobs.cancel(identifier) != nil)
            #expect(try await state(identifier, jobs) == "cancelled")
            await source.gate.open()
            try await eventually("the job is let go") { await jobs.running == 0 }
            #expect(await source.calls.count == 2)
            let progress = try await report(identifier, jobs)
            #expect(progress["state"]?.string == "cancelled" && progress["done"]?.integer == 2)
        }
    }

    @Test func `are cancelled by an instance that does not work on them`() async throws {
        let here = bench.jobs("here"), there = bench.jobs("there")
        try await bench.working(here) {
            await source.gate.close()
            let identifier = try await there.start(try WarmBench.request(to: 10_000, #","concurrency":2"#))
            try await eventually("two fetches begin") { await source.calls.count == 2 }
            #expect(try await there.cancel(identifier) != nil)
            await source.gate.open()
            try await eventually("the job is let go") { await here.running == 0 }
            #expect(await source.calls.count < 10_000)
            #expect(try await state(identifier, here) == "cancelled")
        }
    }

    @Test func `wait for a place when an instance has as many as it may, and are refused past a bound`() async throws {
        var timing = WarmBench.timing
        timing.running = 1
        timing.bounds.open = 2
        let jobs = bench.jobs(timing: timing)
        try await bench.working(jobs) {
            await source.gate.close()
            let first = try await jobs.start(try WarmBench.request(to: 1))
            try await eventually("the first runs") { try await state(first, jobs) == "running" }
            let second = try await jobs.start(try WarmBench.request(to: 1))
            #expect(try await state(second, jobs) == "queued")
            let problem = await #expect(throws: Problem.self) { try await jobs.start(try WarmBench.request(to: 1)) }
            #expect(problem?.status == 429 && problem?.retryAfter == 10)
            await source.gate.open()
            try await eventually("both end") { try await state(second, jobs) == "finished" }
        }
    }

    @Test func `are listed, the newest first, on every instance`() async throws {
        let jobs = bench.jobs()
        let first = try await jobs.start(try WarmBench.request(to: 1))
        bench.flights.time.advance(by: .seconds(1))
        let second = try await jobs.start(try WarmBench.request(to: 1))
        for instance in [jobs, bench.jobs("there")] {
            let list = try json(await instance.list())
            #expect(list["store"]?.string == "memory")
            #expect(list["jobs"]?.elements.map { $0["id"]?.string } == [second, first])
        }
        #expect(try await jobs.report(of: "unknown") == nil)
        #expect(try await jobs.cancel("unknown") == nil)
    }

    @Test func `that ended make room for new ones`() async throws {
        var timing = WarmBench.timing
        timing.bounds.kept = 2
        let jobs = bench.jobs(timing: timing)
        var identifiers: [String] = []
        for _ in 0..<3 {
            bench.flights.time.advance(by: .seconds(1))
            identifiers.append(try await jobs.start(try WarmBench.request(to: 1)))
            _ = try await jobs.cancel(identifiers[identifiers.count - 1])
        }
        #expect(try await jobs.report(of: identifiers[0]) == nil)
        #expect(try await jobs.report(of: identifiers[2]) != nil)
    }

    @Test func `are tried again for what failed, and for nothing else`() async throws {
        let jobs = bench.jobs()
        try await bench.working(jobs) {
            let time = bench.flights.time
            await source.answers { token in
                (token.token.value.exactly64 ?? 0) % 4 == 0
                    ? .failure(.sourcesFailed) : .success(FlightBench.document(token, "Fetched", at: time.now))
            }
            let first = try await jobs.start(try WarmBench.request(to: 20, #","concurrency":3,"rate":9999"#))
            try await eventually("the first ends") { try await state(first, jobs) == "finished" }
            let told = try await report(first, jobs)
            #expect(told["failed"]?.integer == 5 && told["retryable"]?.integer == 5)
            let group = try #require(told["failures"]?.elements.first { _ in true })
            #expect(group["slug"]?.string == "upstream-failed" && group["count"]?.integer == 5)
            #expect(group["reason"]?.string == "Nobody answered.")
            #expect(group["examples"]?.elements.map { $0 }.count == 5)
            // Failures are remembered for a while, which a new try does not wait for.
            bench.flights.time.advance(by: .seconds(60))
            await source.answers { .success(FlightBench.document($0, "Fetched", at: time.now)) }
            let second = try await jobs.retry(first)
            try await eventually("the second ends") { try await state(second, jobs) == "finished" }
            let again = try await report(second, jobs)
            #expect(again["total"]?.integer == 5 && again["fetched"]?.integer == 5)
            #expect(again["retry_of"]?.string == first && again["rate_limit"]?.integer == 9999)
            let problem = await #expect(throws: Problem.self) { try await jobs.retry(second) }
            #expect(problem?.status == 409 && problem?.slug == "nothing-to-retry")
        }
    }

    @Test func `cannot be tried again before they have ended`() async throws {
        let jobs = bench.jobs()
        let identifier = try await jobs.start(try WarmBench.request(to: 1))
        let problem = await #expect(throws: Problem.self) { try await jobs.retry(identifier) }
        #expect(problem?.slug == "job-running")
        let unknown = await #expect(throws: Problem.self) { try await jobs.retry("none") }
        #expect(unknown?.status == 404)
    }

    @Test func `cannot be started, nor told of, while their store is away`() async throws {
        await bench.access.goAway(true)
        let jobs = bench.jobs()
        let problem = await #expect(throws: Problem.self) { try await jobs.start(try WarmBench.request(to: 1)) }
        #expect(problem?.status == 503 && problem?.slug == "job-store-unavailable")
        await #expect(throws: Problem.self) { try await jobs.list() }
    }
}
