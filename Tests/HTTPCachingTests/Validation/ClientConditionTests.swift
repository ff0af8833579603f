import HTTPCaching
import Testing

/// RFC 9111, section 4.3.2; RFC 9110, sections 13.1.2, 13.1.3 and 13.2.
@Suite struct ClientConditionTests {
    private static let tagged = ["ETag: \"a\"", "Last-Modified: \(date(-9))"]
    private static let dated = ["Last-Modified: \(date(-9))"]

    private func isNotModified(_ lines: [String], _ request: [String], status: Int = 200) throws -> Bool {
        var answer = response(status, "Cache-Control: max-age=60", "Date: \(date(0))")
        answer.fields.lines += section(lines).lines
        return try #require(decision(answer).stored).isNotModified(for: section(request))
    }

    @Test(
        arguments: [
            ([], false), (["If-None-Match: \"a\""], true), (["If-None-Match: W/\"a\""], true),
            (["If-None-Match: \"b\""], false),
            (["If-None-Match: \"b\", \"a\""], true), (["If-None-Match: \"b\"", "If-None-Match: \"a\""], true),
            (["If-None-Match: *"], true), (["If-None-Match: a"], false), (["If-None-Match: \"a"], false),
            (["If-None-Match:"], false),
            (["If-Modified-Since: \(date(-9))"], true), (["If-Modified-Since: \(date(-8))"], true),
            (["If-Modified-Since: \(date(-10))"], false), (["If-Modified-Since: soon"], false),
            (["If-None-Match: \"b\"", "If-Modified-Since: \(date(0))"], false),
            (["If-None-Match: (", "If-Modified-Since: \(date(0))"], false),
            (["If-None-Match: \"a\"", "If-Modified-Since: \(date(-99))"], true),
            (["If-Modified-Since: \(date(-9))", "If-Modified-Since: \(date(-9))"], false),
            (["If-Match: \"b\""], false), (["If-Unmodified-Since: \(date(-99))"], false),
        ] as [([String], Bool)])
    func `evaluates the client's conditions in their order`(_ request: [String], _ expected: Bool) throws {
        #expect(try isNotModified(Self.tagged, request) == expected)
    }

    @Test(
        arguments: [
            (dated, "If-None-Match: \"a\"", false), (dated, "If-None-Match: *", true),
            (dated, "If-None-Match: *, \"a\"", false),
            (dated, "If-Modified-Since: \(date(-9))", true), ([], "If-Modified-Since: \(date(0))", true),
            ([], "If-Modified-Since: \(date(9))", true), ([], "If-Modified-Since: \(date(-1))", false),
            (["ETag: W/\"a\""], "If-None-Match: \"a\"", true), (["ETag: a"], "If-None-Match: a", false),
        ] as [([String], String, Bool)])
    func `compares with the validators there are, and with Date where there is no other date`(
        _ lines: [String], _ request: String, _ expected: Bool
    ) throws {
        #expect(try isNotModified(lines, [request]) == expected)
    }

    @Test(arguments: [(200, true), (203, true), (404, false), (301, false), (500, false)])
    func `conditions count for successes alone`(_ status: Int, _ counts: Bool) throws {
        #expect(try isNotModified(Self.tagged, ["If-None-Match: \"a\""], status: status) == counts)
    }
}
