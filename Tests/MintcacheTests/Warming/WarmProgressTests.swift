import Testing
import Tokens

@testable import Mintcache

@Suite struct `Progress on a terminal` {
    private func progress(total: Int64?, done: Int64, _ more: String = "") throws -> WarmProgress {
        let total = total.map { String($0) } ?? "null"
        return try WarmProgress(#"{"state":"running","total":\#(total),"done":\#(done),"failed":1\#(more)}"#)
    }

    @Test(
        arguments: [
            (0, 0, 40), (10, 0, 0), (10, 5, 20), (10, 10, 40), (1, Int64.max, 40), (5, -5, 0), (nil, 7, 0),
        ] as [(Int64?, Int64, Int)])
    func `is a bar of one width whatever the numbers`(total: Int64?, done: Int64, filled: Int) throws {
        let bar = try progress(total: total, done: done).bar
        #expect(bar.count { $0 == "#" } == filled)
        #expect(bar.hasPrefix("["))
        #expect(bar.firstIndex(of: "]").map { bar.distance(from: bar.startIndex, to: $0) } == 41)
    }

    @Test func `tells what a dry run came to`() throws {
        let estimate = #","fetched":9,"estimate":{"to_fetch":9,"upstream_calls":10,"seconds":3},"note":"Mind this.""#
        let summary = try progress(total: 10, done: 10, estimate).summary
        #expect(summary.contains("9 to fetch"))
        #expect(summary.hasSuffix("; about 10 upstream calls and 3 s\nMind this."))
    }

    @Test func `tells why tokens failed, and how they are tried again`() throws {
        let group = #"{"count":1,"reason":"There is none.","slug":"x","examples":[{"token":"eip155:1/0x1/7"}]}"#
        let told = try progress(total: 1, done: 1, #","id":"abc","retryable":1,"failures":[\#(group)]"#)
        #expect(told.summary.hasSuffix(", 1 failed\n  1 × There is none. (eip155:1/0x1/7)"))
        #expect(told.complaint == "1 token failed; mintcache warm --retry abc tries again")
        #expect(try WarmProgress(#"{"state":"failed","failed":0}"#).complaint == "the job failed")
        #expect(try WarmProgress(#"{"state":"cancelled","failed":0}"#).complaint == "the job was cancelled")
    }

    @Test func `is refused when the answer is not JSON, or names no job`() {
        #expect(throws: StartupError.self) { try WarmProgress("<html>") }
        #expect(throws: StartupError.self) { try WarmProgress.identifier(in: "{}") }
    }

    @Test func `is read from events in pieces of any size`() {
        let stream = Array("retry: 2000\n\nid: 1\nevent: progress\ndata: {\"a\":1}\n\n: keepalive\n\ndata: {}\n\n".utf8)
        for size in [1, 2, 7, stream.count] {
            var reader = EventReader()
            let pieces = stride(from: 0, to: stream.count, by: size).map {
                Array(stream[$0..<min($0 + size, stream.count)])
            }
            #expect(pieces.flatMap { reader.data(in: $0) } == [#"{"a":1}"#, "{}"])
        }
    }
}
