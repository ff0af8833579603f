import Testing

@testable import HTTPServing

@Suite("A problem document")
struct ProblemTests {
    @Test("is valid JSON whatever the detail contains")
    func quoting() {
        let response = Response.problem(400, slug: "a-b", title: "T", detail: "say \"x\\y\"\n\u{1}é")
        let expected =
            #"{"type":"urn:mintcache:problem:a-b","title":"T","status":400,"detail":"say \"x\\y\"\u000a\u0001é"}"#
        #expect(String(decoding: response.body, as: UTF8.self) == expected)
        #expect(response.fields.map(\.value) == ["application/problem+json"])
    }

    @Test("exists for every failure, with a reason phrase and a type of its status")
    func failures() {
        let all =
            ParseFailure.allCases.map(RequestFailure.malformed) + [.headerTimeout, .tooManyConnections, .unanswered]
        var slugs: [Int: Set<String>] = [:]
        for failure in all {
            let body = String(decoding: Response.problem(failure).body, as: UTF8.self)
            #expect(body.contains("\"status\":\(failure.status),"))
            #expect(!body.contains("\"title\":\"Status\""))
            slugs[failure.status, default: []].insert(String(describing: failure.slug))
        }
        #expect(slugs.values.allSatisfy { $0.count == 1 })
        #expect(Set(slugs.values.joined()).count == slugs.count)
    }
}
