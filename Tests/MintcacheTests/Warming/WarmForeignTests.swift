import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite(.timeLimit(.minutes(1))) struct `A warm job that another release wrote` {
    private static let identifier = "0000000000000001"
    private let bench: WarmBench

    init() throws {
        bench = try WarmBench()
    }

    /// Adds one that is older than all others.
    private func add(request: String = #"{"kind":"wallet"}"#, work: String = "") async throws {
        let job = NewJob(
            identifier: Self.identifier, createdAt: 1, request: Array(request.utf8), work: Array(work.utf8))
        _ = try await bench.store.add(job, within: WarmTiming().bounds)
    }

    private func report(_ jobs: WarmJobs) async throws -> JSONValue {
        try json(try #require(try await jobs.report(of: Self.identifier)).node.bytes)
    }

    @Test(arguments: [
        (#"{"kind":"wallet"}"#, ""),
        (#"{"kind":"range","summary":"x","concurrency":1,"rate":0}"#, "in words of its own"),
    ]) func `is left to its instances, as it was, once and for all`(request: String, work: String) async throws {
        try await add(request: request, work: work)
        _ = try await bench.store.claim(as: "theirs#1", for: .seconds(10))
        let update = JobUpdate(.released, progress: [1, 2], failures: [3])
        _ = try await bench.store.save(update, of: Self.identifier, as: "theirs#1")
        let jobs = bench.jobs()
        try await bench.working(jobs) {
            try await eventually("it was looked at") {
                try await bench.store.job(Self.identifier)?.owner?.hasPrefix("here#") == true
            }
            let looked = try await bench.store.job(Self.identifier)?.owner
            for _ in 1...3 {
                let other = try await jobs.start(try WarmBench.request(to: 1))
                try await eventually("others are worked on") {
                    try await bench.store.job(other)?.state == .finished
                }
            }
            let job = try #require(try await bench.store.job(Self.identifier))
            #expect(job.owner == looked && !job.isLeased && job.state == .open)
            #expect(job.progress == [1, 2] && job.failures == [3])
            #expect(try await bench.store.claim(as: "theirs#2", for: .seconds(10))?.job.identifier == Self.identifier)
        }
    }

    @Test func `is told of as far as it can be read`() async throws {
        try await add()
        let jobs = bench.jobs()
        let job = try await report(jobs)
        #expect(job["kind"]?.string == "other" && job["state"]?.string == "queued")
        #expect(job["note"]?.string == "Another release wrote this job; this instance cannot read it.")
        #expect(job["concurrency"]?.isNull == true && job["total"]?.isNull == true)
        _ = try await bench.store.claim(as: "theirs#1", for: .seconds(10))
        #expect(try await report(jobs)["instance"]?.string == "theirs")
        #expect(try json(await jobs.list())["jobs"]?.elements.map { $0["state"]?.string } == ["running"])
    }

    @Test func `can be cancelled, and not be tried again`() async throws {
        try await add()
        let jobs = bench.jobs()
        #expect(try await jobs.cancel(Self.identifier)?.isOver == true)
        #expect(try await report(jobs)["state"]?.string == "cancelled")
        let problem = await #expect(throws: Problem.self) { try await jobs.retry(Self.identifier) }
        #expect(problem?.status == 409 && problem?.slug == "nothing-to-retry")
    }
}
