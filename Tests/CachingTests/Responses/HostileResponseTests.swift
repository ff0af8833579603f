import Caching
import HTTPCaching
import Testing

/// Responses whose checksum is right and whose content is not: what somebody with access to the shared tier could
/// write.
@Suite struct HostileResponseTests {
    private let url = Array("https api.example /a?b".utf8)

    private func content(_ response: CachedResponse) throws -> [UInt8] {
        try #require(ResponseCoding.encode(response, key: url)).dropLast(4)
    }

    /// A part with an entity tag and a time of change.
    private var shortPart: CachedResponse {
        var head = head(partial: PartialExtent(first: 7, last: 11, complete: 12))
        head.lastModified = 5
        return CachedResponse(head: head, body: body(5))
    }

    /// What can go into an answer as it is.
    private func isSafe(_ response: CachedResponse) -> Bool {
        let names = response.head.fields.lines.map { Array($0.name.utf8) }
        let values = response.head.fields.lines.map(\.value) + [response.head.entityTag ?? []]
        let separators = Array(" \t\r\n\0:;,()<>@\"/[]?={}\\".utf8)
        return names.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 < 0x7F && $0 > 0x20 && !separators.contains($0) } }
            && values.allSatisfy { $0.allSatisfy { $0 != 0 && $0 != 10 && $0 != 13 } }
            && (200...999).contains(response.head.status)
            && (response.head.partial.map { $0.count == response.body.count } ?? true)
    }

    @Test func `any truncation with a fitting checksum is refused`() throws {
        let content = try content(response(language("de")))
        for length in 3..<content.count {
            #expect(throws: StoredValueError.self) {
                try ResponseCoding.decode(sealed(content.prefix(length)), key: url)
            }
        }
        #expect(throws: StoredValueError.invalid("length")) {
            try ResponseCoding.decode(sealed(content + [0]), key: url)
        }
        #expect(throws: Never.self) { try ResponseCoding.decode(sealed(content), key: url) }
    }

    @Test func `any changed byte with a fitting checksum gives a safe response or an error, never a crash`() throws {
        var decoded = 0
        for content in try [response(language("de"), size: 10), shortPart].map(content) {
            for position in content.indices {
                for value in [0, 1, 0x0A, 0x0D, 0x3A, 0x7F, 0x80, 0xFF, content[position] ^ 0x20] as [UInt8] {
                    var changed = content
                    changed[position] = value
                    do throws(StoredValueError) {
                        let back = try ResponseCoding.decode(sealed(changed), key: url)
                        if !isSafe(back) { Issue.record("unsafe with \(value) at \(position)") }
                        decoded += 1
                    } catch {
                        #expect(!error.description.isEmpty)
                    }
                }
            }
        }
        #expect(decoded > 0)
    }

    @Test func `random content with a fitting checksum never crashes`() throws {
        let content = try content(responsesOfEveryShape()[4])
        for _ in 0..<2_000 {
            var changed = content
            for _ in 0..<Int.random(in: 1...8) {
                changed[Int.random(in: 2..<changed.count)] = .random(in: 0...255)
            }
            do throws(StoredValueError) {
                #expect(isSafe(try ResponseCoding.decode(sealed(changed), key: url)))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nB", "é", "(x)", "a\0"])
    func `a name that is no field name is refused`(_ name: String) throws {
        let odd = CachedResponse(head: head(fields: [("A", "b"), (name, "c")]), body: .empty)
        #expect(throws: StoredValueError.invalid("fields")) {
            try ResponseCoding.decode(sealed(try content(odd)), key: url)
        }
    }

    @Test(arguments: ["a\r\nSet-Cookie: b=c", "a\n", "\0"])
    func `a value that would break out of its line is refused, in a field and as the entity tag`(
        _ value: String
    ) throws {
        let odd = CachedResponse(head: head(fields: [("A", value)]), body: .empty)
        #expect(throws: StoredValueError.invalid("fields")) {
            try ResponseCoding.decode(sealed(try content(odd)), key: url)
        }
        var tagged = head()
        tagged.entityTag = Array(value.utf8)
        let tag = try content(CachedResponse(head: tagged, body: .empty))
        #expect(throws: StoredValueError.invalid("entityTag")) { try ResponseCoding.decode(sealed(tag), key: url) }
    }

    @Test func `a field that concerns the connection is refused`() throws {
        var bytes = try content(CachedResponse(head: head(fields: [("Xpgrade", "h2c")]), body: .empty))
        let place = try #require(bytes.firstIndex(of: UInt8(ascii: "X")))
        bytes[place] = UInt8(ascii: "U")
        #expect(throws: StoredValueError.invalid("fields")) { try ResponseCoding.decode(sealed(bytes), key: url) }
    }

    @Test func `a part that is not as long as it says is refused`() throws {
        let part = PartialExtent(first: 0, last: 9, complete: 20)
        for size in [0, 9, 11] {
            let odd = CachedResponse(head: head(partial: part), body: body(size))
            #expect(throws: StoredValueError.invalid("part")) {
                try ResponseCoding.decode(sealed(try content(odd)), key: url)
            }
        }
    }
}
