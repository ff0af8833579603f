import Caching
import EventLoops
import HTTPCaching
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A warm job` {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func job(_ selection: String, concurrency: Int = 4) throws -> WarmJob {
        let body = #"{"chain":"ethereum","contract":"\#(sampleContract)",\#(selection),"concurrency":\#(concurrency)}"#
        return WarmJob(
            identifier: "j", request: try WarmRequest(parsing: Array(body.utf8), chains: sampleChains), now: start)
    }

    private func delivery(_ status: CacheStatus, outcome: TokenRecord.Outcome = .document) throws -> Delivery {
        let entry = sampleRenderer.entry(
            for: try record(outcome: outcome), as: .object, from: .source, isStale: false, now: 1_700_000_000_000)
        return Delivery(entry: entry, status: status)
    }

    private func taken(by job: WarmJob) -> [String] {
        var tokens: [String] = []
        while let token = job.take() { tokens.append(token.token.decimal) }
        return tokens
    }

    @Test func `takes each token of a list once`() throws {
        let job = try job(#""token_ids":["3","1","2"]"#)
        #expect(taken(by: job) == ["3", "1", "2"])
        #expect(job.take() == nil)
    }

    @Test func `takes each token of a range once, both ends included`() throws {
        #expect(taken(by: try job(#""from":"9","to":"12""#)) == ["9", "10", "11", "12"])
        #expect(taken(by: try job(#""from":"7","to":"7""#)) == ["7"])
    }

    @Test func `ends with the last token there can be`() throws {
        let last = UInt256.max.decimal
        let before = String(last.dropLast()) + "4"
        #expect(taken(by: try job(#""from":"\#(before)","to":"\#(last)""#)) == [before, last])
    }

    @Test func `tells what was fetched, what was fresh and what failed`() throws {
        let job = try job(#""from":"0","to":"9""#)
        job.record(try delivery(.forwarded(.uriMiss, status: 200, stored: true)), for: try reference(0))
        job.record(try delivery(.forwarded(.uriMiss, status: 200, collapsed: true)), for: try reference(1))
        job.record(try delivery(.hit(timeToLive: 5, detail: .redis)), for: try reference(2))
        let missing = try delivery(
            .forwarded(.uriMiss, status: 404), outcome: .missing(reason: "There is no \"such\"\ntoken."))
        job.record(missing, for: try reference(3))
        let progress = try json(job.progress(at: start + .seconds(2)).bytes)
        #expect(progress["state"]?.string == "running")
        #expect(progress["total"]?.integer == 10)
        #expect(progress["done"]?.integer == 4)
        #expect(progress["fetched"]?.integer == 2)
        #expect(progress["already_fresh"]?.integer == 1)
        #expect(progress["failed"]?.integer == 1)
        #expect(progress["rate"].map { text($0.text) } == "2.0")
        #expect(progress["eta_seconds"].map { text($0.text) } == "3.0")
        let failure = try #require(progress["failures"]?.elements.first { _ in true })
        #expect(failure["token"]?.string == "eip155:1/\(sampleContract)/3")
        #expect(failure["reason"]?.string == "There is no \"such\"\ntoken.")
    }

    @Test func `keeps a bounded number of examples and goes on counting`() throws {
        let job = try job(#""from":"0","to":"999""#)
        let missing = try delivery(.forwarded(.uriMiss, status: 404), outcome: .missing(reason: "No."))
        for number in 0..<150 { job.record(missing, for: try reference(UInt64(number))) }
        #expect(job.failed == 150 && job.failures.count == WarmJob.maximumFailures)
    }

    @Test func `that was cancelled begins nothing more, and stays cancelled`() throws {
        let job = try job(#""from":"0","to":"9""#)
        #expect(job.take() != nil)
        job.cancel(at: start + .seconds(1))
        #expect(job.take() == nil)
        job.finish(at: start + .seconds(9))
        #expect(job.state == .cancelled && job.finishedAt == start + .seconds(1))
    }

    @Test func `that has finished cannot be cancelled, and its clock stands still`() throws {
        let job = try job(#""from":"0","to":"9""#)
        job.record(try delivery(.hit(timeToLive: 1, detail: .memory)), for: try reference(0))
        job.finish(at: start + .seconds(2))
        job.cancel(at: start + .seconds(3))
        let progress = try json(job.progress(at: start + .seconds(100)).bytes)
        #expect(progress["state"]?.string == "finished")
        #expect(progress["rate"].map { text($0.text) } == "0.5")
        #expect(progress["eta_seconds"]?.isNull == true)
    }

    @Test func `at its very beginning knows no rate`() throws {
        let progress = try json(try job(#""from":"0","to":"9""#).progress(at: start).bytes)
        #expect(progress["eta_seconds"]?.isNull == true && progress["rate"].map { text($0.text) } == "0.0")
    }
}

@Suite struct `Progress on a terminal` {
    private func progress(total: Int64, done: Int64) throws -> WarmProgress {
        try WarmProgress(#"{"state":"running","total":\#(total),"done":\#(done),"failed":1}"#)
    }

    @Test(
        arguments: [(0, 0, 40), (10, 0, 0), (10, 5, 20), (10, 10, 40), (1, Int64.max, 40), (5, -5, 0)]
            as [(Int64, Int64, Int)])
    func `is a bar of one width whatever the numbers`(total: Int64, done: Int64, filled: Int) throws {
        let bar = try progress(total: total, done: done).bar
        #expect(bar.count { $0 == "#" } == filled)
        #expect(bar.hasPrefix("["))
        #expect(bar.firstIndex(of: "]").map { bar.distance(from: bar.startIndex, to: $0) } == 41)
    }

    @Test func `is refused when the answer is not JSON, or names no job`() {
        #expect(throws: StartupError.self) { try WarmProgress("<html>") }
        #expect(throws: StartupError.self) { try WarmProgress.identifier(in: "{}") }
    }
}
