import Testing

@testable import HTTPCaching

@Suite struct KeyPropertyTests {
    private static let host = Array("example.com".utf8)
    private static let alphabet = Array("/.%2eE5fF41aZ~?&=#:@u*\\\u{E9} ".utf8) + [0, 0xFF]

    private static func randomBytes(_ generator: inout SystemRandomNumberGenerator) -> [UInt8] {
        let length = Int.random(in: 0...24, using: &generator)
        return (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
    }

    private static func url(_ target: [UInt8], ignoring: [QueryPattern] = []) -> ResourceURL? {
        ResourceURL(scheme: "https", authority: host, target: target, ignoring: ignoring)
    }

    @Test func `normalising twice changes nothing more`() {
        var generator = SystemRandomNumberGenerator()
        let patterns = [QueryPattern("u*"), QueryPattern("a")]
        for _ in 0..<4_000 {
            let target = [ASCII.slash] + Self.randomBytes(&generator)
            guard let once = Self.url(target, ignoring: patterns) else { continue }
            let normal = once.path + (once.query.map { [ASCII.question] + $0 } ?? [])
            let twice = Self.url(normal, ignoring: patterns)
            #expect(twice == once && twice?.target == normal, "\(String(decoding: target, as: UTF8.self))")
            #expect(Self.url(once.target, ignoring: patterns) == once)
        }
    }

    @Test func `what the quick look calls normal is normal`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<4_000 {
            let target = [ASCII.slash] + Self.randomBytes(&generator)
            guard target.withUnsafeBytes({ ResourceURL.isAlreadyNormal($0, ignoresParameters: false) }) else {
                continue
            }
            let url = Self.url(target)
            #expect(url.map { $0.path + ($0.query.map { [ASCII.question] + $0 } ?? []) } == target)
        }
    }

    @Test func `two URLs have one key only when they are equal`() {
        var generator = SystemRandomNumberGenerator()
        var seen: [[UInt8]: ResourceURL] = [:]
        for _ in 0..<4_000 {
            guard let url = Self.url([ASCII.slash] + Self.randomBytes(&generator).prefix(5)) else { continue }
            if let other = seen.updateValue(url, forKey: url.key) { #expect(other == url) }
        }
    }

    @Test func `random octets never do harm`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<4_000 {
            let (one, other) = (Self.randomBytes(&generator), Self.randomBytes(&generator))
            let url = ResourceURL(scheme: "http", authority: one, target: other) ?? Self.url([ASCII.slash])
            guard let resolved = url?.resolving(one) else { continue }
            #expect(resolved.target.allSatisfy { $0 > ASCII.space })
        }
    }
}

@Suite struct KeyFieldsTests {
    private static func key(_ fields: [String?]) -> String {
        var key = KeyFields()
        for field in fields { key.append(field.map { Array($0.utf8) }) }
        return String(decoding: key.bytes, as: UTF8.self)
    }

    @Test func `puts the length before each field`() {
        #expect(Self.key(["https", "a", nil, ""]) == "5:https1:a-0:")
    }

    @Test(
        arguments: [
            (["ab", "c"], ["a", "bc"]), ([nil], [""]), (["a"], ["a", ""]), (["1:a"], ["", "a"]), (["-"], [nil]),
            ([], [nil]),
        ] as [([String?], [String?])])
    func `tells lists of fields apart`(_ one: [String?], _ other: [String?]) {
        #expect(Self.key(one) != Self.key(other))
    }

    @Test(arguments: [
        "", "1", ":", "2:a", "01:a", "9999999999:a", "x", "+1:a", "999999999:a", " 1:a", "18446744073709551617:a",
    ])
    func `reads nothing from a damaged key`(_ text: String) {
        var reader = KeyFieldReader(Array(text.utf8))
        #expect(reader.next() == nil)
    }

    @Test func `reads back what it wrote`() {
        var reader = KeyFieldReader(Array("1:a-0:".utf8))
        #expect(reader.next() == .some(.some([0x61])))
        #expect(reader.next() == .some(nil))
        #expect(reader.next() == .some(.some([])))
        #expect(reader.isAtEnd)
    }
}
