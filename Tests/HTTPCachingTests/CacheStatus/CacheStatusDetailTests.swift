import HTTPCaching
import Testing

@Suite("Details and keys in Cache-Status (RFC 9211, sections 2.7 and 2.8)")
struct CacheStatusDetailTests {
    private func text(_ detail: CacheStatus.Detail?, key: [UInt8]? = nil) -> String {
        var status = CacheStatus.forwarded(.uriMiss, status: 200)
        status.detail = detail
        status.key = key
        return status.text
    }

    @Test("says why an answer was not stored, by the refusal's own name", arguments: StorageRefusal.allCases)
    func saysWhyNotStored(_ refusal: StorageRefusal) {
        #expect(text(.refusal(refusal)) == "mintcache; fwd=uri-miss; fwd-status=200; detail=\(refusal.rawValue)")
    }

    @Test("says what a stale answer stands in for")
    func saysWhatItStandsInFor() {
        let words = [CacheStatus.Detail.originError, .originTimeout, .originUnreachable].map { "\($0.label)" }
        #expect(words == ["origin-error", "origin-timeout", "origin-unreachable"])
        var status = CacheStatus(.forwarded(.stale))
        (status.timeToLive, status.detail) = (-7, .originError)
        #expect(status.text == "mintcache; fwd=stale; ttl=-7; detail=origin-error")
    }

    @Test("every detail is a token of its own")
    func detailsAreTokens() {
        let labels = CacheStatus.Detail.allCases.map { "\($0.label)" }
        #expect(Set(labels).count == labels.count)
        #expect(labels.allSatisfy { $0.allSatisfy { "abcdefghijklmnopqrstuvwxyz-".contains($0) } })
    }

    @Test(
        "writes the key as a string of structured fields",
        arguments: [
            ("", "\"\""), ("https://a.example/x?y=1", "\"https://a.example/x?y=1\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("a\u{0}\r\n\u{7f}ü", "\"a%00%0D%0A%7F%C3%BC\""),
        ])
    func writesKeys(_ key: String, _ written: String) {
        #expect(text(nil, key: Array(key.utf8)) == "mintcache; fwd=uri-miss; fwd-status=200; key=\(written)")
    }

    @Test(
        "cuts a long key between its characters and never exceeds its length",
        arguments: [
            "x", "\"", "\u{1}", "ab\"", "a\u{1}", "ab\u{1}",
        ])
    func cutsKeys(_ part: String) throws {
        let key = Array(repeating: Array(part.utf8), count: 500).flatMap { $0 }
        var status = CacheStatus.forwarded(.uriMiss, status: .min, stored: true, collapsed: true)
        (status.timeToLive, status.detail, status.key) = (.min, .refusal(.requestNoStore), key)
        let text = status.text
        #expect(text.utf8.count <= CacheStatus.maximumLength)
        let start = try #require(text.utf8.firstIndex(of: UInt8(ascii: "\"")))
        let string = text[start...]
        #expect((CacheStatus.maximumKeyLength - 3...CacheStatus.maximumKeyLength).contains(string.utf8.count))
        #expect(string.hasSuffix("\"") && !string.hasSuffix("%\"") && !string.hasSuffix("%0\""))
        let escapes = string.dropLast().reversed().prefix { $0 == "\\" }.count
        #expect(escapes.isMultiple(of: 2))
    }

    @Test("fits the promised length with every detail", arguments: CacheStatus.Detail.allCases)
    func fits(_ detail: CacheStatus.Detail) {
        for reason in CacheStatus.ForwardReason.allCases {
            var status = CacheStatus.forwarded(reason, status: .min, stored: true, collapsed: true)
            (status.timeToLive, status.detail) = (.min, detail)
            status.key = Array(repeating: 0, count: 1_000)
            #expect(status.text.utf8.count <= CacheStatus.maximumLength)
        }
    }
}
