import Testing

@testable import HTTPCaching

@Suite struct VaryTests {
    private func names(_ lines: String...) -> VaryNames { Vary.names(in: lines.map { Array($0.utf8) }) }

    /// RFC 9110, section 12.5.5; RFC 9111, section 4.1.
    @Test(arguments: [
        ("Accept", ["accept"]), ("Accept-Encoding, Accept", ["accept", "accept-encoding"]), ("a,A , a", ["a"]),
        ("b\t,\ta", ["a", "b"]), (",, a,,", ["a"]), ("", []), (" , ", []), ("*a", ["*a"]),
    ])
    func `reads names in one spelling and order`(_ value: String, _ expected: [String]) {
        #expect(names(value) == .names(expected))
    }

    @Test(arguments: ["*", " * ", "a, *", "*, a", "a,*,b", "a b", "a:b", "\"a\"", "a, é", "a, (b)", "a\0"])
    func `takes an asterisk and what is no name for no match at all`(_ value: String) {
        #expect(names(value) == .any)
    }

    @Test func `reads all lines`() {
        #expect(names("a", "b, c") == .names(["a", "b", "c"]))
        #expect(names("a", "*") == .any)
        #expect(names() == .names([]))
    }

    @Test func `takes too many names for no match at all`() {
        let list = (0...Vary.nameLimit).map { "n\($0)" }
        #expect(names(list.dropLast().joined(separator: ",")) != .any)
        #expect(names(list.joined(separator: ",")) == .any)
    }
}

@Suite struct SelectingValueTests {
    private func value(_ name: String, _ lines: String...) -> String {
        String(decoding: SelectingValue.normalised(name, lines: lines.map { Array($0.utf8) }), as: UTF8.self)
    }

    /// RFC 9111, section 4.1: white space, lines and, where the field's definition allows it, order and case.
    @Test(arguments: [
        ("foo", "1, 2", "1,2"), ("foo", " 1 ,\t2 ,", "1,2"), ("foo", "B, a", "B,a"),
        ("foo", "\"a, b\" , c", "\"a, b\",c"),
        ("foo", "\"a\\\", b\" , c", "\"a\\\", b\",c"), ("foo", "\"open, a", "\"open, a"), ("foo", "", ""),
        ("user-agent", "A (B,  C), D", "A (B,  C), D"), ("cookie", "a=1, 2", "a=1, 2"),
        ("accept-encoding", "gzip, deflate, br", "br,deflate,gzip"),
        ("accept-encoding", "GZIP;Q=1.0, br ; q=0.50", "br;q=0.5,gzip"),
        ("accept-encoding", "gzip, gzip", "gzip"), ("accept-encoding", "gzip;q=0", "gzip;q=0"),
        ("accept-encoding", "a;q=0.000", "a;q=0"),
        ("accept-language", "en-GB, DE;q=0.8", "de;q=0.8,en-gb"), ("accept-language", "de;q=.5", "de;q=.5"),
        ("accept-language", "a;q=1.001", "a;q=1.001"), ("accept-language", "a;q=0.125", "a;q=0.125"),
        ("accept", "Text/HTML;Level=A;q=0.2, */*", "*/*,text/html;level=A;q=0.2"),
        ("accept", "a/b;p=\"x, y\", c/d", "a/b;p=\"x, y\",c/d"),
        ("accept-encoding", "b, \"a", "b,\"a"), ("accept-datetime", "Sun, 06 Nov", "Sun,06 Nov"),
    ])
    func `spells a value one way`(_ name: String, _ line: String, _ expected: String) {
        #expect(value(name, line) == expected)
    }

    @Test func `leaves out a weight of 1 that has no name`() {
        #expect(value("accept", ";q=1, 0=aq") == "0=aq")
        #expect(value("accept", ";q=1") == "")
    }

    @Test func `joins lines`() {
        #expect(value("foo", "1", "2, 3") == "1,2,3")
        #expect(value("user-agent", "a", "b") == "a, b")
        #expect(value("accept-language", "en", "de") == "de,en")
    }

    @Test func `tells an absent field from an empty one`() {
        #expect(SelectingValue.normalised("foo", in: HeaderFields()) == nil)
        #expect(SelectingValue.normalised("foo", in: section("Foo:")) == [])
    }

    @Test func `spelling twice changes nothing more`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("aB,; =q01.5\"\\*/-\t".utf8)
        for name in ["foo", "accept", "accept-language", "user-agent"] {
            for _ in 0..<3_000 {
                let raw = (0..<Int.random(in: 0...16, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                }
                let once = SelectingValue.normalised(name, lines: [raw])
                #expect(
                    SelectingValue.normalised(name, lines: [once]) == once,
                    "\(name): \(String(decoding: raw, as: UTF8.self))")
            }
        }
    }
}
