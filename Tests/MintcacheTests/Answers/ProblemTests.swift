import Caching
import HTTPServing
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A problem document` {
    @Test func `has the members of RFC 9457, and no others unasked`() throws {
        let document = text(Problem(400, "slug", "Title", detail: "No.").document)
        #expect(document == #"{"type":"urn:mintcache:problem:slug","title":"Title","status":400,"detail":"No."}"#)
    }

    @Test func `tells what was tried, in order`() throws {
        var problem = Problem(502, "upstream-failed", "Upstream failed", detail: "Nobody answered.")
        problem.isRetryable = true
        problem.source = "onchain"
        problem.upstreamStatus = 503
        problem.attempts = [
            .init(source: "onchain", step: "rpc", host: "a.example", outcome: "timeout", milliseconds: 2000),
            .init(source: "onchain", step: "rpc", host: "b.example:8545", outcome: "status-503", milliseconds: 12),
        ]
        let root = try json(problem.document)
        #expect(root["retryable"]?.boolean == true)
        #expect(root["source"]?.string == "onchain")
        #expect(root["upstream_status"]?.integer == 503)
        let attempts = try #require(root["attempts"]).elements.map { $0["host"]?.string }
        #expect(attempts == ["a.example", "b.example:8545"])
    }

    @Test func `is JSON whatever the detail says`() throws {
        let hostile = "\"}\r\n\u{0}\u{1B}[0m\\ é 🜁"
        #expect(try json(Problem.unknownRoute(hostile).document)["detail"]?.string?.contains(hostile) == true)
    }

    @Test func `names the chains there are`() {
        #expect(
            Problem.unknownChain("x", known: ["a", "b"]).detail == "There is no chain x here; configured are: a, b.")
        #expect(Problem.unknownChain("x", known: []).detail == "There is no chain x here; none is configured.")
    }

    @Test func `as an answer is kept by nobody and interpreted by no browser`() {
        let fields = Problem.overloaded(.upstreams).response.fields.map { "\($0.name): \($0.value)" }
        #expect(
            fields == [
                "Content-Type: application/problem+json", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
                "Retry-After: 1",
            ])
    }

    @Test(arguments: ["GET, HEAD, OPTIONS", "POST"]) func `of a wrong method tells which are right`(allowed: String) {
        let response = Problem.methodNotAllowed(allowed).response
        #expect(response.status == 405)
        #expect(response.fields.filter { $0.name == "Allow" }.map(\.value) == [allowed])
    }

    @Test(arguments: [Problem.overloaded(.calls), .draining, .timedOut]) func `that may pass says so`(problem: Problem)
    {
        #expect(problem.isRetryable == true && problem.retryAfter == 1)
    }

    @Test func `of an overload tells what is full, and that it may be tried again`() {
        let details = Bottleneck.allCases.map { Problem.overloaded($0).detail }
        #expect(Set(details).count == Bottleneck.allCases.count)
        #expect(Problem.overloaded(Bottleneck(Flights<Int, Int>.Refusal.waitersPerKey)).detail.contains("this very"))
        #expect(Problem.overloaded(.calls).detail.contains("JSON-RPC"))
        #expect(Problem.overloaded(.batches).detail.contains("Other batches"))
        for detail in details { #expect(detail.contains("again")) }
    }

    @Test func `is the same at another instance`() throws {
        var problem = Problem(429, "rate-limited", "Rate \"limited\"", detail: "Wait.")
        problem.isRetryable = true
        problem.source = "moralis"
        problem.upstreamStatus = 429
        problem.retryAfter = 7
        problem.attempts = [
            .init(source: "onchain", step: "rpc", host: "rpc.example", outcome: "timeout", milliseconds: 250)
        ]
        let other = try #require(Problem(shared: problem.shared))
        #expect(other.document == problem.document)
        #expect(other.retryAfter == 7)
        let plain = Problem(502, "upstream-failed", "Upstream failed", detail: "")
        #expect(try #require(Problem(shared: plain.shared)).shared == plain.shared)
    }

    @Test(arguments: ["", "{", "{}", #"{"problem":{"status":502}}"#, #"{"problem":{"type":"urn:x","status":502}}"#])
    func `is not made of what another instance did not write`(_ bytes: String) {
        #expect(Problem(shared: Array(bytes.utf8)) == nil)
    }

    @Test func `is not made of a success`() {
        let success = Problem(502, "a", "A", detail: "").shared
        let text = String(decoding: success, as: UTF8.self).replacing("502", with: "200")
        #expect(Problem(shared: Array(text.utf8)) == nil)
    }
}
