import HTTPCaching
import Testing

/// RFC 9111, section 4.4.
@Suite struct InvalidationTests {
    private func targets(_ method: String, _ status: Int, _ lines: [String] = []) throws -> [String] {
        let url = try #require(
            ResourceURL(scheme: "http", authority: Array("a.example".utf8), target: Array("/x/y?q".utf8)))
        return Invalidation.targets(method: method, status: status, url: url, fields: section(lines)).map { target in
            String(decoding: target.authority + target.target, as: UTF8.self)
        }
    }

    private static let own = "a.example/x/y?q"

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "FOO", "get", "PURGE", "LOCK", "PROPPATCH"])
    func `an unsafe or unknown method invalidates its URL`(_ method: String) throws {
        #expect(try targets(method, 200) == [Self.own])
    }

    @Test(arguments: ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "PRI", "QUERY"])
    func `a safe method invalidates nothing`(_ method: String) throws {
        #expect(try targets(method, 200, ["Location: /z"]).isEmpty)
    }

    @Test(arguments: [
        (200, true), (201, true), (204, true), (299, true), (301, true), (303, true), (399, true), (400, false),
        (404, false), (500, false), (503, false), (600, false), (999, false), (103, false),
    ])
    func `an error invalidates nothing`(_ status: Int, _ invalidates: Bool) throws {
        #expect(try targets("POST", status, ["Location: /z"]) == (invalidates ? [Self.own, "a.example/z"] : []))
    }

    @Test(arguments: [
        (["Location: /z"], ["a.example/z"]), (["Content-Location: z"], ["a.example/x/z"]),
        (["Location: ?p"], ["a.example/x/y?p"]), (["Location: http://A.example:80/z#f"], ["a.example/z"]),
        (["Location: //a.example/z"], ["a.example/z"]),
        (["Location: /z", "Content-Location: /w"], ["a.example/z", "a.example/w"]),
        (["Location: /z", "Content-Location: /z"], ["a.example/z"]), (["Location: /x/y?q"], []),
        (["Location: https://a.example/z"], []), (["Location: http://b.example/z"], []),
        (["Location: http://a.example:81/z"], []), (["Location: http://a.example@b.example/z"], []),
        (["Location: http:///z"], []), (["Location: /a b"], []), (["Location: mailto:a"], []), (["Location:"], []),
        (["Link: </z>"], []),
    ])
    func `Location and Content-Location count on the same origin`(_ lines: [String], _ others: [String]) throws {
        #expect(try targets("PUT", 201, lines) == [Self.own] + others)
    }
}
