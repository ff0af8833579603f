import Testing

@testable import HTTPCaching

private func part(
    _ range: String, _ lines: [String] = ["ETag: \"a\""], status: Int = 206, after seconds: Int64 = 0
)
    -> ReceivedResponse
{
    let time = arrivalTime + seconds * 1_000
    let fields = section(["Cache-Control: max-age=60", "Date: \(date(seconds))", "Content-Range: \(range)"] + lines)
    return ReceivedResponse(status: status, fields: fields, requestTime: time, responseTime: time)
}

/// RFC 9110, sections 14.4 and 15.3.7.
@Suite struct PartialExtentTests {
    @Test(
        arguments: [
            ("bytes 0-4/10", PartialExtent(first: 0, last: 4, complete: 10)),
            ("bytes 9-9/10", PartialExtent(first: 9, last: 9, complete: 10)),
            ("bytes 0-9/10", PartialExtent(first: 0, last: 9, complete: 10)),
            ("Bytes 2-4/*", PartialExtent(first: 2, last: 4, complete: nil)),
            ("bytes 4-2/10", nil), ("bytes 0-10/10", nil), ("bytes */10", nil), ("bytes 0-4/", nil), ("bytes 0-4", nil),
            ("bytes 0-/10", nil), ("bytes -4/10", nil), ("bytes=0-4/10", nil), ("bytes  0-4/10", nil),
            ("bytes 0-4/10 ", nil),
            ("items 0-4/10", nil), ("0-4/10", nil), ("", nil), ("bytes 0-4/x", nil), ("bytes 0 - 4/10", nil),
            ("bytes 0-4/10, bytes 5-6/10", nil), ("bytes 0-9223372036854775807/*", nil),
            ("bytes 0-99999999999999999999/99999999999999999999", nil),
            (
                "bytes 0-9223372036854775806/9223372036854775807",
                PartialExtent(first: 0, last: .max - 1, complete: .max)
            ),
        ] as [(String, PartialExtent?)])
    func `reads Content-Range`(_ field: String, _ extent: PartialExtent?) {
        #expect(PartialContent.extent(of: part(field), bodyLength: nil) == extent)
    }

    @Test(
        arguments: [
            (["ETag: \"a\""], true), (["ETag: W/\"a\""], false), ([], false), (["ETag: a"], false),
            (["Last-Modified: \(date(-1))"], true), (["Last-Modified: \(date(0))"], false),
            (["Last-Modified: \(date(9))"], false),
            (["Last-Modified: \(date(-9))", "ETag: W/\"a\""], false), (["ETag: \"a\"", "Content-Length: 5"], true),
            (["ETag: \"a\"", "Content-Length: 6"], false),
            (["ETag: \"a\"", "Content-Length: 5", "Content-Length: 5"], true),
            (["ETag: \"a\"", "Content-Length: 5, 5"], false), (["ETag: \"a\"", "Content-Range: bytes 0-4/10"], false),
            (["ETag: \"a\"", "Content-Type: multipart/byteranges; boundary=x"], false),
            (["ETag: \"a\"", "Content-Type: Multipart/ByteRanges"], false),
            (["ETag: \"a\"", "Content-Type: multipart/mixed"], true),
        ] as [([String], Bool)])
    func `takes no part that contradicts itself or that nothing could be joined to`(_ lines: [String], _ isSound: Bool)
    {
        #expect((PartialContent.extent(of: part("bytes 0-4/10", lines), bodyLength: nil) != nil) == isSound)
    }

    @Test func `compares the range with the body`() {
        #expect(PartialContent.extent(of: part("bytes 0-4/10"), bodyLength: 5) != nil)
        #expect(PartialContent.extent(of: part("bytes 0-4/10"), bodyLength: 4) == nil)
        #expect(PartialContent.extent(of: part("bytes 0-4/10"), bodyLength: 10) == nil)
        #expect(PartialContent.extent(of: part("bytes 0-4/10", status: 200), bodyLength: 5) == nil)
    }

    @Test func `random octets never do harm`() {
        var generator = SystemRandomNumberGenerator()
        let seed = Array("bytes 0-499/1234".utf8)
        for _ in 0..<5_000 {
            var field = seed
            for _ in 0..<3 {
                field[.random(in: 0..<field.count, using: &generator)] = .random(in: 32...126, using: &generator)
            }
            guard let extent = ReceivedContentRange.extent(field) else { continue }
            #expect(extent.first <= extent.last && extent.complete.map { extent.last < $0 } ?? true)
        }
    }
}

/// RFC 9110, section 15.3.7.3; RFC 9111, section 3.4.
@Suite struct PartialCombinationTests {
    private func combine(
        _ first: String, _ second: String, _ lines: [String] = ["ETag: \"a\""], with others: [String] = ["ETag: \"a\""]
    ) throws -> PartialCombination? {
        let held = try #require(decision(part(first, lines)).stored)
        let new = part(second, others, after: 10)
        let extent = try #require(ReceivedContentRange.extent(Array(second.utf8)))
        let context = UpdateContext(
            requestFields: HeaderFields(), facts: RequestFacts(HeaderFields()), url: nil, rules: CachingRules())
        return PartialCombination(of: held, with: new, bringing: extent, in: context)
    }

    @Test(
        arguments: [
            ("bytes 0-4/20", "bytes 5-9/20", "bytes 0-9/20", [.held(0..<5), .new(0..<5)]),
            ("bytes 5-9/20", "bytes 0-4/20", "bytes 0-9/20", [.new(0..<5), .held(0..<5)]),
            ("bytes 0-6/20", "bytes 4-9/20", "bytes 0-9/20", [.held(0..<4), .new(0..<6)]),
            ("bytes 4-9/20", "bytes 0-6/20", "bytes 0-9/20", [.new(0..<7), .held(3..<6)]),
            ("bytes 0-9/20", "bytes 3-5/20", "bytes 0-9/20", [.held(0..<3), .new(0..<3), .held(6..<10)]),
            ("bytes 3-5/20", "bytes 0-9/20", "bytes 0-9/20", [.new(0..<10)]),
            ("bytes 2-5/20", "bytes 2-5/20", "bytes 2-5/20", [.new(0..<4)]),
            ("bytes 2-5/*", "bytes 6-7/*", "bytes 2-7/*", [.held(0..<4), .new(0..<2)]),
            ("bytes 2-5/*", "bytes 6-7/20", "bytes 2-7/20", [.held(0..<4), .new(0..<2)]),
            ("bytes 2-5/20", "bytes 6-7/*", "bytes 2-7/20", [.held(0..<4), .new(0..<2)]),
        ] as [(String, String, String, [PartialCombination.Piece])])
    func `joins parts that overlap or touch`(
        _ first: String, _ second: String, _ joint: String, _ pieces: [PartialCombination.Piece]
    ) throws {
        let combination = try #require(try combine(first, second))
        #expect(combination.pieces == pieces)
        #expect(combination.head.status == 206)
        #expect(combination.head.fields.values(of: "Content-Range") == [Array(joint.utf8)])
        #expect(combination.head.partial == ReceivedContentRange.extent(Array(joint.utf8)))
    }

    @Test(arguments: [
        ("bytes 0-4/20", "bytes 6-9/20"), ("bytes 6-9/20", "bytes 0-4/20"), ("bytes 0-4/20", "bytes 5-9/21"),
        ("bytes 15-19/*", "bytes 5-14/16"),
    ])
    func `joins no parts with a gap or of different wholes`(_ first: String, _ second: String) throws {
        #expect(try combine(first, second) == nil)
    }

    @Test func `what has become whole is a 200`() throws {
        let lines = ["ETag: \"a\"", "Content-Length: 5"]
        let whole = try #require(try combine("bytes 0-4/10", "bytes 5-9/10", lines, with: lines))
        #expect(whole.head.status == 200 && whole.head.partial == nil && whole.pieces.count == 2)
        #expect(!whole.head.fields.contains("Content-Range") && !whole.head.fields.contains("Content-Length"))
        #expect(whole.head.age(at: arrivalTime + 10_000) == 0)
    }

    @Test(
        arguments: [
            (["ETag: \"a\""], ["ETag: \"b\""], false), (["ETag: \"a\""], ["ETag: W/\"a\""], false),
            (["ETag: \"a\""], [], false),
            (["Last-Modified: \(date(-9))"], ["Last-Modified: \(date(-9))"], true),
            (["Last-Modified: \(date(-9))"], ["Last-Modified: \(date(-8))"], false),
            (["Last-Modified: \(date(-9))"], ["Last-Modified: \(date(-9))", "ETag: W/\"a\""], false),
            (["ETag: \"a\"", "Last-Modified: \(date(-9))"], ["Last-Modified: \(date(-9))"], false),
        ] as [([String], [String], Bool)])
    func `joins only what has one strong validator`(_ first: [String], _ second: [String], _ joins: Bool) throws {
        #expect((try combine("bytes 0-4/20", "bytes 5-9/20", first, with: second) != nil) == joins)
    }

    @Test func `takes the newer fields`() throws {
        let combination = try combine(
            "bytes 0-4/20", "bytes 5-9/20", ["ETag: \"a\"", "A: 1", "B: 1"], with: ["ETag: \"a\"", "A: 2"])
        let fields = try #require(combination?.head.fields)
        #expect(fields["A"] == Array("2".utf8) && fields["B"] == Array("1".utf8))
        #expect(fields.values(of: "Date") == [Array(date(10).utf8)])
    }

    @Test func `keeps nothing together that the newer part forbids to store`() throws {
        let forbids = ["ETag: \"a\"", "Cache-Control: no-store"]
        #expect(try combine("bytes 0-4/20", "bytes 5-9/20", with: forbids) == nil)
    }
}

/// RFC 9110, sections 13.1.5, 14.1.2, 14.2 and 15.5.17.
@Suite struct RangeAnswerTests {
    private func answer(
        _ request: [String], _ lines: [String] = ["ETag: \"a\"", "Last-Modified: \(date(-9))"]
    ) throws -> RangeAnswer {
        var whole = response(200, "Cache-Control: max-age=60", "Date: \(date(0))")
        whole.fields.lines += section(lines).lines
        return RangeAnswer(to: section(request), from: try #require(decision(whole).stored), bodyLength: 10)
    }

    @Test(
        arguments: [
            ("bytes=0-4", .part(0..<5)), ("bytes=5-", .part(5..<10)), ("bytes=-3", .part(7..<10)),
            ("bytes=0-99", .part(0..<10)),
            ("bytes=-99", .part(0..<10)), ("bytes=9-9", .part(9..<10)), ("bytes=10-", .unsatisfiable(length: 10)),
            ("bytes=-0", .unsatisfiable(length: 10)), ("bytes=5-4", .whole), ("bytes=0-1,4-5", .whole),
            ("items=0-1", .whole),
            ("bytes=x", .whole), ("", .whole), ("BYTES=0-0", .part(0..<1)),
        ] as [(String, RangeAnswer)])
    func `answers all three forms from a whole response`(_ range: String, _ expected: RangeAnswer) throws {
        #expect(try answer(["Range: \(range)"]) == expected)
    }

    @Test func `answers whole without a range, and when there are two`() throws {
        #expect(try answer([]) == .whole)
        #expect(try answer(["If-Range: \"a\""]) == .whole)
        #expect(try answer(["Range: bytes=0-1", "Range: bytes=2-3"]) == .whole)
    }

    @Test(arguments: [
        ("\"a\"", true), ("\"b\"", false), ("W/\"a\"", false), ("\(date(-9))", true), ("\(date(-8))", false),
        ("*", false), ("", false),
    ])
    func `heeds If-Range`(_ condition: String, _ holds: Bool) throws {
        #expect(try answer(["Range: bytes=0-4", "If-Range: \(condition)"]) == (holds ? .part(0..<5) : .whole))
    }

    @Test func `does not trust a Last-Modified of the second of its Date`() throws {
        let request = ["Range: bytes=0-4", "If-Range: \(date(0))"]
        #expect(try answer(request, ["Last-Modified: \(date(0))"]) == .whole)
        #expect(
            try answer(["Range: bytes=0-4", "If-Range: \(date(-1))"], ["Last-Modified: \(date(-1))"]) == .part(0..<5))
    }

    @Test func `ignores ranges of other answers`() throws {
        let error = try #require(decision(response(404, "Cache-Control: max-age=60")).stored)
        #expect(RangeAnswer(to: section("Range: bytes=0-4"), from: error, bodyLength: 10) == .whole)
    }

    @Test(
        arguments: [
            ("bytes 2-7/10", "bytes=2-7", .part(2..<8)), ("bytes 2-7/10", "bytes=3-4", .part(3..<5)),
            ("bytes 2-7/10", "bytes=1-4", .missing),
            ("bytes 2-7/10", "bytes=3-8", .missing), ("bytes 2-7/10", "bytes=3-", .missing),
            ("bytes 2-9/10", "bytes=3-", .part(3..<10)),
            ("bytes 2-9/10", "bytes=-5", .part(5..<10)), ("bytes 2-9/10", "bytes=-9", .missing),
            ("bytes 2-9/10", "bytes=9-20", .part(9..<10)),
            ("bytes 2-7/10", "bytes=10-", .unsatisfiable(length: 10)), ("bytes 2-7/10", "bytes=2-3,5-6", .missing),
            ("bytes 2-7/10", nil, .missing), ("bytes 0-9/10", nil, .missing), ("bytes 2-7/*", "bytes=3-4", .missing),
            ("bytes 2-7/*", "bytes=-1", .missing), ("bytes 2-7/*", "bytes=3-", .missing),
        ] as [(String, String?, RangeAnswer)])
    func `answers from a stored part what lies in it`(_ held: String, _ range: String?, _ expected: RangeAnswer) throws
    {
        let head = try #require(decision(part(held)).stored)
        let length = try #require(head.partial?.count)
        let request = HeaderFields(range.map { [FieldLine("Range", $0)] } ?? [])
        #expect(RangeAnswer(to: request, from: head, bodyLength: length) == expected)
        var conditional = request
        conditional.append("If-Range", "\"b\"")
        #expect(RangeAnswer(to: conditional, from: head, bodyLength: length) == .missing)
    }
}
