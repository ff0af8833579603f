import Testing

@testable import HTTPCaching

private func key(_ vary: String, _ request: [String] = [], _ response: [String] = []) -> VariantKey {
    VariantKey(vary: [Array(vary.utf8)], request: section(request), response: section(response))
}

@Suite struct VariantKeyTests {
    /// RFC 9111, section 4.1.
    @Test(
        arguments: [
            ("", [], [], true), ("", ["Foo: 1"], [], true), ("Foo", ["Foo: 1"], ["foo: 1"], true),
            ("Foo", ["Foo: 1"], ["Foo: 2"], false), ("Foo", ["Foo: 1"], [], false), ("Foo", [], ["Foo: 1"], false),
            ("Foo", [], [], true), ("Foo", ["Foo:"], [], false), ("Foo", [], ["Foo:"], false),
            ("Foo", ["Foo:"], ["Foo:"], true),
            ("Foo", ["Foo: 1, 2"], ["Foo: 1,2"], true), ("Foo", ["Foo: 1, 2"], ["Foo: 1", "Foo: 2"], true),
            ("Foo", ["Foo: 1", "Foo: 2"], ["Foo: 1"], false), ("Foo", ["Foo: 1"], ["Foo: 1", "Foo: 2"], false),
            ("Foo", ["Foo: 1, 2"], ["Foo: 2, 1"], false), ("Foo", ["Foo: a"], ["Foo: A"], false),
            ("Foo, Bar", ["Foo: 1", "Bar: a"], ["Bar: a", "Foo: 1"], true),
            ("Foo, Bar", ["Foo: 1", "Bar: a"], ["Foo: 1"], false),
            ("Foo", ["Foo: 1", "Other: x"], ["Foo: 1", "Other: y"], true),
            ("Accept-Language", ["Accept-Language: en, de"], ["Accept-Language: DE,en;q=1.0"], true),
            ("Accept-Encoding", ["Accept-Encoding: gzip, br"], ["Accept-Encoding: br,gzip"], true),
            ("*", [], [], false), ("Foo, *", ["Foo: 1"], ["Foo: 1"], false),
        ] as [(String, [String], [String], Bool)])
    func `matches requests with the same values`(_ vary: String, _ first: [String], _ second: [String], _ isMatch: Bool)
    {
        let one = key(vary, first)
        #expect(one.matches(section(second)) == isMatch)
        if isMatch { #expect(one == key(vary, second) && one.hashValue == key(vary, second).hashValue) }
        #expect(VariantKey(decoding: one.encoded)?.matches(section(second)) == isMatch)
    }

    @Test func `knows what the response is in only where it varies by that`() {
        let response = ["Content-Language: DE ,  en", "Content-Encoding: GZIP"]
        #expect(key("Accept-Language", [], response).contentLanguage == Array("de,en".utf8))
        #expect(key("Accept-Language", [], response).contentEncoding == nil)
        #expect(key("Accept-Encoding", [], response).contentEncoding == Array("gzip".utf8))
        #expect(key("Foo", [], response) == key("Foo"))
        #expect(key("Accept-Encoding", [], response) != key("Accept-Encoding"))
    }

    @Test func `recognises repeated octets without spelling them anew`() {
        let request = ["Accept-Encoding: gzip, deflate, br", "Foo: 1"]
        let key = key("Accept-Encoding, Foo, Bar", request)
        func ask(_ key: VariantKey, _ lines: [String]) -> Bool {
            let request = section(lines)
            return request.lines.flatMap(\.value).withUnsafeBytes { octets in
                key.hasSameOctets { name in
                    guard let position = request.lines.firstIndex(where: { $0.isNamed(name) }) else { return nil }
                    let start = request.lines[..<position].reduce(0) { $0 + $1.value.count }
                    let count = request.lines[position].value.count
                    return UnsafeRawBufferPointer(rebasing: octets[start..<(start + count)])
                }
            }
        }
        #expect(ask(key, request))
        #expect(!ask(key, ["Accept-Encoding: gzip,deflate,br", "Foo: 1"]))
        #expect(!ask(key, request + ["Bar: 1"]))
        #expect(!ask(key, ["Foo: 1"]))
        #expect(!ask(HTTPCachingTests.key("*"), request))
        #expect(ask(HTTPCachingTests.key(""), request))
        #expect(!ask(HTTPCachingTests.key("Foo", ["Foo: 1", "Foo: 2"]), ["Foo: 1"]))
    }
}

@Suite struct VariantKeyCodingTests {
    @Test(
        arguments: [
            ("", [], []), ("Foo", ["Foo: a:b,-1"], []), ("Foo, Bar", ["Bar:"], []), ("*", [], []),
            (
                "Accept-Language, Accept-Encoding", ["Accept-Language: de"],
                [
                    "Content-Language: de",
                    "Content-Encoding: gzip",
                ]
            ),
        ] as [(String, [String], [String])])
    func `comes back as it was`(_ vary: String, _ request: [String], _ response: [String]) {
        let key = key(vary, request, response)
        #expect(VariantKey(decoding: key.encoded) == key)
        #expect(VariantKey(decoding: key.encoded)?.encoded == key.encoded)
    }

    @Test(arguments: [
        "", "-", "--1", "--1:", "--1:a", "--1:a1", "--1:A-", "--0:-", "--1: -", "--1:b-1:a-", "--1:a-1:a-",
        "--1:a2:x", "x--",
        "--1:a-x", "--01:a-", "--1:é-", "---", "--1:a-\0",
    ])
    func `refuses what it did not write`(_ text: String) {
        #expect(VariantKey(decoding: Array(text.utf8)) == nil)
    }

    @Test func `random octets never do harm, and what is read is written alike`() {
        var generator = SystemRandomNumberGenerator()
        let whole = key("Foo, Bar, Accept-Language", ["Foo: 1", "Bar: 2"], ["Content-Language: de"]).encoded
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator) / 2)
            if let key = VariantKey(decoding: bytes) { #expect(key.encoded == bytes) }
        }
    }

    @Test func `different keys are written differently`() {
        let keys = [
            key(""), key("Foo"), key("Foo", ["Foo:"]), key("Foo", ["Foo: 1"]), key("Foo, Bar"), key("Foo", ["Foo: -"]),
            key("Accept-Language", [], ["Content-Language: gzip"]),
            key("Accept-Encoding", [], ["Content-Encoding: gzip"]),
            key("*"),
        ]
        #expect(Set(keys.map(\.encoded)).count == keys.count && Set(keys).count == keys.count)
    }
}
