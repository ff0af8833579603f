import Testing

@testable import HTTPCaching

@Suite("Dictionaries of structured fields (RFC 9651, section 4.2.2)")
struct StructuredDictionaryTests {
    private func parse(_ lines: String...) -> StructuredDictionary? {
        StructuredDictionary(lines: lines.map { Array($0.utf8) })
    }

    @Test(
        "reads every type of value",
        arguments: [
            ("a", .item(.boolean(true))), ("a=?1", .item(.boolean(true))), ("a=?0", .item(.boolean(false))),
            ("a=0", .item(.integer(0))), ("a=-5", .item(.integer(-5))), ("a=007", .item(.integer(7))),
            ("a=999999999999999", .item(.integer(999_999_999_999_999))),
            ("a=1.5", .item(.decimal)), ("a=-123456789012.125", .item(.decimal)),
            ("a=\"\"", .item(.string([]))), ("a=\"x, y\"", .item(.string(Array("x, y".utf8)))),
            ("a=\"\\\"\\\\\"", .item(.string(Array("\"\\".utf8)))),
            ("a=tok", .item(.token(Array("tok".utf8)))), ("a=*t:/'~", .item(.token(Array("*t:/'~".utf8)))),
            ("a=:aGk=:", .item(.byteSequence)), ("a=::", .item(.byteSequence)),
            ("a=@1659578233", .item(.date(1_659_578_233))),
            ("a=%\"f%c3%bc\"", .item(.displayString)),
            ("a=()", .innerList), ("a=( 1  \"x\";p=2 tok );q", .innerList),
            ("a;p;q=1;r=\"x\"", .item(.boolean(true))), ("a=1; p=?0", .item(.integer(1))),
        ] as [(String, StructuredValue)])
    func readsValues(_ text: String, _ value: StructuredValue) {
        #expect(parse(text)?["a"] == value)
        #expect(parse("  z=1 ,\t\(text)  ")?["a"] == value)
        #expect(parse("z", text)?["a"] == value)
    }

    @Test(
        "refuses the whole field when any of it is malformed",
        arguments: [
            "a,", "a,,b", ",a", "a=", "a= 1", "a =1", "A=1", "1=1", "-a=1", "a b", "a;", "a; ", "a;P", "a;p=", "a;p= 1",
            "a=1;", "&&&&&", "a=&", "a='x'", "a=\"x", "a=\"\\x\"", "a=\"\u{e9}\"", "a=\"\t\"", "a=1.", "a=1.2345",
            "a=1234567890123.1", "a=1234567890123456", "a=-", "a=--1", "a=+1", "a=.5", "a=1.5.5", "a=(", "a=(1",
            "a=(1,2)",
            "a=(\"x\"\"y\")", "a=(1\t2)", "a=(())", "a=:aGk", "a=:a k:", "a=?", "a=?2", "a=?true", "a=@", "a=@1.5",
            "a=%\"x", "a=%x", "a=%\"%C3\"", "a=%\"%c\"", "\ta", "a=1 b=2", "a=1;p b", "a=\u{0}",
        ])
    func refusesMalformed(_ text: String) {
        #expect(parse(text) == nil)
        #expect(parse("z=1, \(text)") == nil || text.first == "\t")
    }

    @Test("is empty without members")
    func isEmpty() {
        #expect(parse()?.isEmpty == true)
        #expect(parse("")?.isEmpty == true)
        #expect(parse("   ")?.isEmpty == true)
        #expect(parse("a")?.isEmpty == false)
    }

    @Test("takes the last of a repeated key, in the place of the first")
    func takesTheLast() {
        let dictionary = parse("a=1, b=2, a=?0", "a=\"x\"")
        #expect(dictionary?["a"] == .item(.string([UInt8(ascii: "x")])))
        #expect(dictionary?.members.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b"])
    }

    @Test("refuses more members than any field of use has")
    func isBounded() {
        let many = (0..<300).map { "k\($0)" }.joined(separator: ",")
        #expect(parse(many) == nil)
        #expect(parse((0..<5_000).map { _ in "k" }.joined(separator: ","))?.members.count == 1)
    }
}
