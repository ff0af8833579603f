import Testing

@testable import HTTPCaching

/// A stored response, `age` seconds older than the others.
private func stored(_ vary: String?, _ request: [String], _ content: [String] = [], age: Int64 = 0) -> StoredHead? {
    var answer = response(200, "Cache-Control: max-age=60", "Date: \(date(-age))")
    answer.fields.lines += section(content).lines
    if let vary { answer.fields.append("Vary", vary) }
    return decision(answer, with: request).stored
}

@Suite struct VariantSelectionTests {
    private func select(_ heads: [StoredHead?], for request: String...) throws -> Int? {
        VariantSelection.select(among: try heads.map { try #require($0) }, for: section(request))
    }

    /// RFC 9111, sections 4 and 4.1.
    @Test func `takes the latest of those that match`() throws {
        let old = stored("Foo", ["Foo: 1"], age: 9)
        let other = stored("Foo", ["Foo: 2"])
        let new = stored("Foo", ["Foo: 1"], age: 3)
        #expect(try select([old, other, new], for: "Foo: 1") == 2)
        #expect(try select([new, other, old], for: "Foo: 1") == 0)
        #expect(try select([new, new], for: "Foo: 1") == 1)
        #expect(try select([old, other, new], for: "Foo: 3") == nil)
        #expect(try select([], for: "Foo: 1") == nil)
    }

    @Test func `takes one that varies before one that does not, though that be newer`() throws {
        let plain = stored(nil, [])
        let varying = stored("Foo", ["Foo: 1"], age: 30)
        #expect(try select([plain, varying], for: "Foo: 1") == 1)
        #expect(try select([plain, varying], for: "Foo: 2") == 0)
        #expect(try select([plain], for: "Foo: 2") == 0)
    }

    @Test func `takes equal values before preferences, and those before what does not vary`() throws {
        let exact = stored("Accept-Language", ["Accept-Language: de, en;q=0.5"], ["Content-Language: de"], age: 30)
        let preferred = stored("Accept-Language", ["Accept-Language: de"], ["Content-Language: de"])
        let plain = stored(nil, [])
        #expect(try select([preferred, exact, plain], for: "Accept-Language: de,en;q=0.5") == 1)
        #expect(try select([preferred, plain], for: "Accept-Language: de,en;q=0.5") == 0)
        #expect(try select([preferred, plain], for: "Accept-Language: fr") == 1)
    }

    @Test func `compares the other fields strictly when a preference decides`() throws {
        let head = stored("Accept-Language, Foo", ["Accept-Language: de", "Foo: 1"], ["Content-Language: de"])
        #expect(try select([head], for: "Accept-Language: de, en;q=0.1", "Foo: 1") == 0)
        #expect(try select([head], for: "Accept-Language: de, en;q=0.1", "Foo: 2") == nil)
    }

    @Test func `uses preferences only for the fields that Vary names`() throws {
        let head = stored("Foo", ["Foo: 1"], ["Content-Language: de"])
        #expect(try select([head], for: "Foo: 2", "Accept-Language: de") == nil)
    }
}

@Suite struct LanguagePreferenceTests {
    /// RFC 9110, section 12.5.4; RFC 4647, section 3.3.1.
    @Test(arguments: [
        ("de", "de", true), ("DE", "de", true), ("fr;q=0.5, en;q=1.0", "en", true), ("en, de;q=0.5", "en", true),
        ("en, de;q=0.5", "de", false), ("en;q=0.5", "en", true), ("en", "en-gb", true), ("en-gb", "en", false),
        ("en-gb, en;q=0.9", "en", false), ("en", "eng", false), ("en, de", "en", true), ("en, de", "de", false),
        ("*", "de", true), ("*, de;q=0", "de", false), ("*;q=0.5, de", "fr", false), ("de;q=0", "de", false),
        ("*;q=0", "de", false), ("en, en-gb;q=0", "en-gb", false), ("en, en-gb;q=0.5", "en-gb", false),
        ("en", "de,en", true), ("en, de;q=0", "de,en", false), ("en", "fr,de", false), ("", "de", false),
        ("de;q=x", "de", false), ("de;q=2", "de", false), ("de, ;q=1", "de", false), ("de;level=1", "de", false),
        ("de-DE-1996", "de-de-1996", true),
    ])
    func `takes a stored language only as the client's first choice`(
        _ accept: String, _ content: String, _ isFirst: Bool
    ) {
        #expect(LanguagePreference.isFirstChoice([Array(accept.utf8)], of: Array(content.utf8)) == isFirst)
    }

    @Test func `makes nothing of absent fields`() {
        #expect(!LanguagePreference.isFirstChoice([], of: Array("de".utf8)))
        #expect(!LanguagePreference.isFirstChoice([Array("de".utf8)], of: nil))
    }
}

@Suite struct CodingPreferenceTests {
    /// RFC 9110, section 12.5.3. No stored coding means identity.
    @Test(arguments: [
        ("gzip", "gzip", true), ("GZIP", "gzip", true), ("gzip, deflate, br", "gzip", true),
        ("x-gzip", "gzip", true),
        ("gzip", "x-gzip", true), ("gzip;q=0.5", "gzip", true), ("br, gzip;q=0.5", "gzip", false),
        ("gzip;q=0", "gzip", false),
        ("*", "gzip", true), ("*;q=0", "gzip", false), ("br, *;q=0.5", "gzip", false),
        ("gzip;q=0, *", "gzip", false),
        ("identity", "gzip", false), ("deflate", "gzip", false), ("", "gzip", false), ("gzip;q=z", "gzip", false),
        ("gzip, br", "gzip,br", true), ("gzip", "gzip,br", false), ("identity", nil, true), ("", nil, true),
        ("gzip", nil, false), ("gzip, identity", nil, true), ("gzip, identity;q=0.5", nil, false),
        ("gzip;q=0", nil, true),
        ("identity;q=0", nil, false), ("*;q=0", nil, false), ("*", nil, true),
        ("gzip;q=0, identity;q=0.1", nil, true),
        ("gzip", "identity", false), ("identity", "identity", true),
    ])
    func `takes a stored coding only as one of the client's first choices`(
        _ accept: String, _ content: String?, _ isFirst: Bool
    ) {
        #expect(CodingPreference.isFirstChoice([Array(accept.utf8)], of: content.map { Array($0.utf8) }) == isFirst)
    }

    @Test func `takes an absent field for identity`() {
        #expect(CodingPreference.isFirstChoice([], of: nil))
        #expect(!CodingPreference.isFirstChoice([], of: Array("gzip".utf8)))
    }
}
