import Caching
import HTTPCaching
import Testing

/// Responses of every shape that the coding has room for.
func responsesOfEveryShape() -> [CachedResponse] {
    let fields = [("ETag", "W/\"x\""), ("X-Empty", ""), ("Set-Cookie", "a=b"), ("set-cookie", "c=d")]
    let parts = [
        nil, PartialExtent(first: 0, last: 0, complete: nil), PartialExtent(first: 7, last: 11, complete: 12),
        PartialExtent(first: 0, last: 99, complete: .max),
    ]
    let variants = [variant(), language("de"), variant([("cookie", "a=b"), ("x-none", "")])]
    return parts.flatMap { part in
        variants.map { key in
            var head = head(fields: fields, variant: key, partial: part)
            head.entityTag = part == nil ? nil : Array("\"ä\"".utf8)
            head.lastModified = key.isInvariant ? nil : -1
            head.lifetime = key.isInvariant ? 1 << 31 : 0
            head.flags = part == nil ? [] : [.mustRevalidate, .noCache, .immutable, .isOverride]
            head.fields.lines.append(FieldLine("X-Octets", (1...255).filter { $0 != 10 && $0 != 13 }.map { UInt8($0) }))
            let purge: UInt64? = part == nil ? nil : key.isInvariant ? 0 : .max
            return CachedResponse(head: head, body: body(part?.count ?? 300), purgeSequence: purge)
        }
    }
}

@Suite struct ResponseCodingTests {
    private let url = Array("https api.example /a?b".utf8)

    @Test func `every shape of response comes back as it was`() throws {
        let statuses = [200, 204, 299, 301, 404, 599, 999].map {
            CachedResponse(head: head(status: $0, fields: []), body: .empty)
        }
        for response in responsesOfEveryShape() + statuses {
            let bytes = try #require(ResponseCoding.encode(response, key: url))
            let back = try ResponseCoding.decode(bytes, key: url)
            #expect(back.head == response.head)
            #expect(back.body.array == response.body.array)
            #expect(back.headBlock.array == response.headBlock.array)
            #expect(back.purgeSequence == response.purgeSequence)
        }
    }

    @Test func `a large body comes back whole`() throws {
        let pattern = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let large = CachedResponse(
            head: head(), body: SharedBytes(copying: [UInt8](repeatElement(pattern, count: 60).joined())))
        let bytes = try #require(ResponseCoding.encode(large, key: url))
        #expect(try ResponseCoding.decode(bytes, key: url).body.array == large.body.array)
    }

    @Test func `another URL's response is refused`() throws {
        let bytes = try #require(ResponseCoding.encode(response(), key: url))
        for other in [[], url + [0], Array(url.dropLast()), Array("https api.example /a?c".utf8)] {
            #expect(throws: StoredValueError.invalid("key")) { try ResponseCoding.decode(bytes, key: other) }
        }
    }

    @Test func `any truncation is refused`() throws {
        let bytes = try #require(ResponseCoding.encode(response(language("de")), key: url))
        for length in 0..<bytes.count {
            #expect(throws: StoredValueError.self) { try ResponseCoding.decode(Array(bytes[..<length]), key: url) }
        }
    }

    @Test func `any flipped bit is refused`() throws {
        let bytes = try #require(ResponseCoding.encode(response(language("de"), size: 5), key: [1]))
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: StoredValueError.self) { try ResponseCoding.decode(damaged, key: [1]) }
        }
    }

    @Test func `a version of another release is told from damage, and a record is no response`() throws {
        var bytes = try #require(ResponseCoding.encode(response(), key: url))
        bytes[2] = ResponseCoding.version + 1
        #expect(throws: StoredValueError.unknownVersion(ResponseCoding.version + 1)) {
            try ResponseCoding.decode(bytes, key: url)
        }
        let other = RecordCoding.encode(try record())
        #expect(throws: StoredValueError.truncated) { try ResponseCoding.decode(other, key: url) }
    }

    @Test func `noise is refused`() {
        for length in 0..<400 {
            var noise = (0..<length).map { _ in UInt8.random(in: 0...255) }
            #expect(throws: StoredValueError.self) { try ResponseCoding.decode(noise, key: url) }
            noise.replaceSubrange(0..<min(3, length), with: [0x4D, 0x52, ResponseCoding.version].prefix(length))
            #expect(throws: StoredValueError.self) { try ResponseCoding.decode(noise, key: url) }
        }
    }

    @Test func `times and lifetimes beyond all measure are brought within it`() throws {
        var odd = head()
        (odd.requestTime, odd.responseTime, odd.date, odd.lastModified) = (-1, .max, .max, .min)
        (odd.initialAge, odd.lifetime, odd.staleWhileRevalidate, odd.staleIfError) = (-1, .max, .max, -5)
        let bytes = try #require(ResponseCoding.encode(CachedResponse(head: odd, body: .empty), key: url))
        let back = try ResponseCoding.decode(bytes, key: url).head
        #expect((back.requestTime, back.responseTime) == (0, 253_402_300_799_999))
        #expect((back.initialAge, back.lifetime, back.staleWhileRevalidate) == (0, 1 << 31, 1 << 31))
        #expect(back.staleIfError == 0 && back.date == 253_402_300_799 && back.lastModified == -62_135_596_800)
    }

    @Test func `more fields than any answer has are not encoded`() {
        let many = head(fields: (0..<1_025).map { ("X-\($0)", "") })
        let long = head(fields: [("X", String(repeating: "x", count: 1 << 20))])
        for head in [many, long] {
            #expect(ResponseCoding.encode(CachedResponse(head: head, body: .empty), key: url) == nil)
        }
    }

    @Test func `what concerns one connection is left out`() throws {
        let fields = [("Connection", "x"), ("A", "b"), ("keep-alive", "1"), ("Transfer-Encoding", "chunked")]
        let bytes = try #require(
            ResponseCoding.encode(CachedResponse(head: head(fields: fields), body: .empty), key: url))
        #expect(try ResponseCoding.decode(bytes, key: url).head.fields.lines == [FieldLine("A", "b")])
    }
}
