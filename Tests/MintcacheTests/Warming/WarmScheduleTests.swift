import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite(.timeLimit(.minutes(1))) struct `A schedule of warm jobs` {
    private let bench: WarmBench

    init() throws {
        bench = try WarmBench()
    }

    private func schedules(_ entries: String...) throws -> [WarmSchedule] {
        let list = entries.map { "  - { chain: demo, contract: \"\(sampleContract)\", \($0) }\n" }.joined()
        let text = "chains: { demo: { id: 1, rpc: [\"http://127.0.0.1:1\"] } }\nwarm:\n\(list)"
        return WarmSchedule.all(try configuration(text).configuration)
    }

    private func started() async throws -> [StoredJob] { try await bench.store.jobs() }

    @Test func `starts one job for each run, on one of several instances`() async throws {
        let schedules = try schedules("every: 6h, from: 1, to: 2")
        let instances = (1...3).map { bench.jobs("instance-\($0)", schedules: schedules) }
        let work = instances.map { jobs in Task(executorPreference: bench.flights.loop) { await jobs.run() } }
        try await eventually("the first run ends") { try await started().map(\.state) == [.finished] }
        let request = try #require(WarmRequest(stored: try await started()[0].request))
        #expect(request.schedule == "eip155:1/\(sampleContract)" && request.kind == .range)
        bench.flights.time.advance(by: .seconds(6 * 3600))
        try await eventually("the second run ends") { try await started().map(\.state) == [.finished, .finished] }
        for jobs in instances { await jobs.stop() }
        for task in work { await task.value }
        #expect(try await started().count == 2)
    }

    @Test func `makes up for missed runs once`() async throws {
        let jobs = bench.jobs(schedules: try schedules("every: 1h, from: 1, to: 2"))
        try await bench.working(jobs) {
            try await eventually("the first run ends") { try await started().map(\.state) == [.finished] }
        }
        bench.flights.time.advance(by: .seconds(7 * 3600))
        let later = bench.jobs("later", schedules: try schedules("every: 1h, from: 1, to: 2"))
        try await bench.working(later) {
            try await eventually("one more run ends") { try await started().map(\.state) == [.finished, .finished] }
        }
    }

    @Test func `starts nothing while the run before is still open`() async throws {
        await bench.flights.source.gate.close()
        let jobs = bench.jobs(schedules: try schedules("every: 1h, from: 1, to: 2"))
        try await bench.working(jobs) {
            try await eventually("the first run begins") { await bench.flights.source.calls.count > 0 }
            bench.flights.time.advance(by: .seconds(3600))
            await bench.flights.loop.sleep(for: .milliseconds(50))
            #expect(try await started().count == 1)
            await bench.flights.source.gate.open()
            try await eventually("the first run ends") { try await started().map(\.state) == [.finished] }
            await bench.flights.loop.sleep(for: .milliseconds(50))
            #expect(try await started().count == 1)
            bench.flights.time.advance(by: .seconds(3600))
            try await eventually("the next run ends") { try await started().map(\.state) == [.finished, .finished] }
        }
    }

    @Test func `is another one when anything about it is other`() throws {
        let names = Set(
            try schedules(
                "every: 1h, from: 1, to: 2", "every: 2h, from: 1, to: 2", "every: 1h, from: 1, to: 3",
                "every: 1h, supply: true", "every: 1h, archive: true", "every: 1h, token_ids: [1, 2]",
                "every: 1h, supply: true, refresh: true"
            ).map(\.name))
        #expect(names.count == 7)
    }
}

@Suite struct `A store of jobs in memory` {
    @Test(arguments: JobStoreRule.allCases)
    func `keeps its promises`(rule: JobStoreRule) async throws {
        try await rule.check(MemoryJobStore(time: TimeSource()))
    }
}

@Suite struct `The warm section of a configuration` {
    private func told(_ entry: String) -> [String] {
        problems("chains: { demo: { id: 1, rpc: [\"http://127.0.0.1:1\"] } }\nwarm:\n  - { \(entry) }\n")
    }

    private static let contract = "chain: demo, contract: \"\(sampleContract)\""

    @Test(arguments: [
        "\(contract), every: 6h, supply: true", "\(contract), every: 1s, from: 0, to: 0x10", "every: 1d, archive: true",
        "\(contract), every: 1h, archive: true, concurrency: 4, rate: 9",
        "\(contract), every: 1h, token_ids: [1, 2], refresh: true",
    ]) func `takes every way to name tokens`(entry: String) {
        #expect(told(entry).isEmpty)
    }

    @Test(arguments: [
        ("\(contract), supply: true", "every: is needed"), ("\(contract), every: 1ms, supply: true", "at least 1s"),
        ("\(contract), every: 1h", "needs one of supply"), ("\(contract), every: 1h, from: 1", "needs one of supply"),
        ("\(contract), every: 1h, supply: true, archive: true", "needs one of supply"),
        ("\(contract), every: 1h, from: 2, to: 1", "must not be greater"), ("every: 1h, supply: true", "name a chain"),
        ("\(contract), every: 1h, from: x, to: 1", "warm[0].from"),
        ("\(contract), every: 1h, token_ids: []", "1 to 1000 tokens"),
        ("chain: other, contract: \"\(sampleContract)\", every: 1h, supply: true", "name a chain of this file"),
        ("chain: demo, contract: \"0x1\", every: 1h, supply: true", "warm[0].contract"),
        ("\(contract), every: 1h, archive: true, refresh: true", "not with archive"),
        ("\(contract), every: 1h, supply: true, surprise: 1", "unknown key"),
    ]) func `says what is wrong`(entry: String, problem: String) {
        #expect(told(entry).contains { $0.contains(problem) }, "\(told(entry))")
    }
}
