import HTTPCaching
import Testing

/// A stored response of ``arrivalTime``, fresh for a minute unless its fields say otherwise.
private func stored(
    _ lines: String..., status: Int = 200, request: [String] = [], rules: CachingRules = CachingRules()
) throws -> StoredHead {
    var answer = response(status, "Date: \(date(0))")
    answer.fields.lines += section(lines).lines
    if !answer.fields.contains("Cache-Control") { answer.fields.append("Cache-Control", "max-age=60") }
    return try #require(decision(answer, with: request, by: rules).stored)
}

/// An answer that came `seconds` later.
private func later(_ seconds: Int64, _ status: Int, _ lines: [String]) -> ReceivedResponse {
    let time = arrivalTime + seconds * 1_000
    return ReceivedResponse(status: status, fields: section(lines), requestTime: time, responseTime: time)
}

private func context(_ request: [String] = [], _ rules: CachingRules = CachingRules()) -> UpdateContext {
    UpdateContext(requestFields: section(request), facts: RequestFacts(section(request)), url: nil, rules: rules)
}

/// RFC 9111, section 4.3.1.
@Suite struct ConditionalFieldTests {
    @Test(
        arguments: [
            ([], []), (["ETag: \"a\""], ["If-None-Match: \"a\""]), (["ETag: W/\"a\""], ["If-None-Match: W/\"a\""]),
            (["Last-Modified: \(date(-9))"], ["If-Modified-Since: \(date(-9))"]),
            (
                ["Last-Modified: \(date(-9))", "ETag: \"a\""],
                ["If-None-Match: \"a\"", "If-Modified-Since: \(date(-9))"]
            ),
            (["Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT"], ["If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT"]),
            (["Last-Modified: yesterday"], []), (["ETag:"], []), (["ETag: bare"], ["If-None-Match: bare"]),
        ] as [([String], [String])])
    func `asks with every validator as it came`(_ lines: [String], _ conditions: [String]) throws {
        var answer = response(200, "Cache-Control: max-age=60", "Date: \(date(0))")
        answer.fields.lines += section(lines).lines
        let head = try #require(decision(answer).stored)
        #expect(Validation.conditionalFields(for: head).map { "\($0.name): \($0.text)" } == conditions)
    }
}

/// RFC 9111, sections 3.2 and 4.3.4.
@Suite struct RefreshmentTests {
    private func refreshed(
        _ head: StoredHead, _ lines: [String], after seconds: Int64 = 100, by context: UpdateContext = context()
    ) -> StoredHead? {
        switch Validation.refreshed(head, by: later(seconds, 304, lines), in: context) {
        case .kept(let head): head
        case .usedOnce, .unrelated: nil
        }
    }

    @Test func `is fresh again for as long as the 304 says`() throws {
        let head = try stored("ETag: \"a\"")
        #expect(head.timeToLive(at: arrivalTime + 100_000) == -40)
        let again = try #require(refreshed(head, ["ETag: \"a\"", "Cache-Control: max-age=30", "Date: \(date(100))"]))
        #expect(again.lifetime == 30 && again.age(at: arrivalTime + 100_000) == 0 && again.status == 200)
        #expect(again.fields.values(of: "Date") == [Array(date(100).utf8)])
        let silent = try #require(refreshed(head, ["Date: \(date(100))"]))
        #expect(silent.timeToLive(at: arrivalTime + 100_000) == 60)
    }

    @Test func `takes the age of a 304 that another cache had, and gives a date to one without`() throws {
        let head = try stored("ETag: \"a\"")
        let aged = try #require(refreshed(head, ["Age: 20", "Date: \(date(80))"]))
        #expect(aged.age(at: arrivalTime + 100_000) == 20 && !aged.fields.contains("Age"))
        let undated = try #require(refreshed(head, ["ETag: \"a\""]))
        #expect(undated.age(at: arrivalTime + 100_000) == 0)
        #expect(undated.fields["Date"] == Array(date(100).utf8))
    }

    @Test func `replaces whole groups of lines where they stood`() throws {
        let head = try stored("A: 1", "B: 1", "a: 2", "C: 1", "Cache-Control: max-age=60")
        let again = try #require(refreshed(head, ["a: 3", "A: 4", "D: 5", "d: 6", "Date: \(date(100))"]))
        #expect(
            again.fields.lines.map { "\($0.name): \($0.text)" } == [
                "Date: \(date(100))", "a: 3", "A: 4", "B: 1", "C: 1", "Cache-Control: max-age=60", "D: 5", "d: 6",
            ])
    }

    @Test(arguments: [
        ("Content-Length", false), ("Content-Encoding", false), ("Transfer-Encoding", false),
        ("Content-Range", false),
        ("content-length", false), ("Content-Type", true), ("Content-Language", true), ("Content-Foo", true),
        ("Content-Security-Policy", true), ("Set-Cookie", true), ("Last-Modified", true), ("Expires", true),
        ("X-Frame-Options", true), ("Server", true),
    ])
    func `updates every field but those that describe the stored bytes`(_ name: String, _ isUpdated: Bool) throws {
        let head = try stored("\(name): old")
        let again = try #require(refreshed(head, ["\(name): new"]))
        #expect(again.fields.values(of: name) == [Array((isUpdated ? "new" : "old").utf8)])
        let added = try #require(refreshed(try stored(), ["\(name): new"]))
        #expect(added.fields.contains(name) == isUpdated)
    }

    @Test(
        arguments: [
            ("\"a\"", "\"a\"", true), ("\"a\"", "\"b\"", false), ("W/\"a\"", "W/\"a\"", true),
            ("\"a\"", "W/\"a\"", true),
            ("W/\"a\"", "\"a\"", false), ("W/\"a\"", "W/\"b\"", false), ("\"a\"", nil, true), (nil, nil, true),
            (nil, "\"a\"", false), ("\"a\"", "bare", false), ("bare", "bare", true),
        ] as [(String?, String?, Bool)])
    func `refreshes only what the tag names`(_ own: String?, _ tag: String?, _ isMeant: Bool) throws {
        let head = try own.map { try stored("ETag: \($0)") } ?? stored()
        #expect((refreshed(head, tag.map { ["ETag: \($0)"] } ?? []) != nil) == isMeant)
    }

    @Test func `refreshes by date only where there is no tag`() throws {
        let head = try stored("Last-Modified: \(date(-9))", "ETag: \"a\"")
        #expect(refreshed(head, ["Last-Modified: \(date(-9))"]) != nil)
        #expect(refreshed(head, ["Last-Modified: \(date(-8))"]) == nil)
        #expect(
            refreshed(head, ["ETag: \"a\"", "Last-Modified: \(date(-8))"])?.lastModified == arrivalTime / 1_000 - 8)
        #expect(Validation.refreshed(head, by: later(1, 304, ["ETag: \"b\""]), in: context()) == .unrelated)
    }

    @Test(arguments: ["no-store", "private", "max-age=60, private=\"x\"", "no-store, max-age=60"])
    func `serves once what the 304 forbids to keep`(_ directives: String) throws {
        let head = try stored("ETag: \"a\"", "A: 1")
        let answer = later(100, 304, ["Cache-Control: \(directives)", "A: 2", "Date: \(date(100))"])
        guard case .usedOnce(let once) = Validation.refreshed(head, by: answer, in: context()) else {
            Issue.record("was kept")
            return
        }
        #expect(once.status == 200 && once.fields["A"] == Array("2".utf8))
        #expect(once.age(at: arrivalTime + 100_000) == 0)
        #expect(!context().requestForbidsStoring)
    }

    @Test(arguments: ["Cache-Control: no-store", "Authorization: Basic x"])
    func `a request that forbids storing is told from a 304 that does`(_ line: String) throws {
        let context = context([line])
        let answer = later(100, 304, ["ETag: \"a\""])
        guard case .usedOnce = Validation.refreshed(try stored("ETag: \"a\""), by: answer, in: context) else {
            Issue.record("was kept")
            return
        }
        #expect(context.requestForbidsStoring)
    }

    @Test func `keeps the values it was chosen by, unless Vary changes`() throws {
        let head = try stored("Vary: Accept-Language", "Content-Language: de", request: ["Accept-Language: de"])
        let other = context(["Accept-Language: de, en;q=0.1", "Foo: 1"])
        #expect(refreshed(head, ["X: 1"], by: other)?.variant == head.variant)
        #expect(refreshed(head, ["Vary: accept-language"], by: other)?.variant == head.variant)
        let changed = try #require(refreshed(head, ["Vary: Foo"], by: other)?.variant)
        #expect(changed.names == ["foo"] && changed.matches(section("Foo: 1")))
        #expect(refreshed(head, ["Vary: *"], by: other) == nil)
    }
}

/// RFC 9111, section 4.3.5.
@Suite struct HeadEffectTests {
    private func effect(
        on lines: [String] = ["ETag: \"a\"", "Last-Modified: \(date(-9))"], length: Int? = 5, status: Int = 200,
        of head: [String], request: [String] = []
    ) throws -> String {
        var answer = response(200, "Date: \(date(0))", "Cache-Control: max-age=60")
        answer.fields.lines += section(lines).lines
        let stored = try #require(decision(answer).stored)
        let received = later(100, status, ["Date: \(date(100))"] + head)
        switch Validation.afterHead(stored, length: length, by: received, in: context(request)) {
        case .refreshed(let head): return head.timeToLive(at: arrivalTime + 100_000) > 0 ? "refreshed" : "still stale"
        case .invalidated: return "invalidated"
        case .unaffected: return "unaffected"
        }
    }

    @Test(
        arguments: [
            ([], "refreshed"), (["ETag: \"a\""], "refreshed"), (["ETag: W/\"a\""], "refreshed"),
            (["ETag: \"b\""], "invalidated"),
            (["Content-Length: 5"], "refreshed"), (["Content-Length: 6"], "invalidated"),
            (["Content-Length: x"], "invalidated"),
            (["Last-Modified: \(date(-9))"], "refreshed"), (["Last-Modified: \(date(-8))"], "invalidated"),
            (["ETag: \"a\"", "Last-Modified: \(date(-8))"], "invalidated"),
            (["ETag: \"a\"", "Content-Length: 6"], "invalidated"),
            (["ETag: \"a\"", "Cache-Control: no-store"], "invalidated"),
        ] as [([String], String)])
    func `a HEAD answer refreshes what it agrees with and ends the rest`(_ head: [String], _ expected: String) throws {
        #expect(try effect(of: head) == expected)
    }

    @Test(arguments: [404, 304, 500, 206, 301, 204])
    func `only a 200 says anything`(_ status: Int) throws {
        #expect(try effect(status: status, of: ["ETag: \"b\""]) == "unaffected")
    }

    @Test func `a validator that the stored response lacks is a difference`() throws {
        #expect(try effect(on: [], of: ["ETag: \"a\""]) == "invalidated")
        #expect(try effect(on: [], of: ["Last-Modified: \(date(-9))"]) == "invalidated")
    }

    @Test func `an unknown length differs from none`() throws {
        #expect(try effect(length: nil, of: ["Content-Length: 9"]) == "refreshed")
    }

    @Test func `a stored error is not what a 200 is about`() throws {
        let error = try stored("Cache-Control: max-age=60", status: 404)
        #expect(Validation.afterHead(error, length: 0, by: later(1, 200, []), in: context()) == .invalidated)
    }

    @Test func `a client that forbids storing ends nothing`() throws {
        #expect(try effect(of: ["ETag: \"a\""], request: ["Cache-Control: no-store"]) == "unaffected")
        #expect(try effect(of: ["ETag: \"b\""], request: ["Cache-Control: no-store"]) == "invalidated")
    }
}
