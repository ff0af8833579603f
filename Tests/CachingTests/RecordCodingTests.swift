import Caching
import Testing
import Tokens

@Suite struct RecordCodingTests {
    @Test func `every shape of record comes back as it was`() throws {
        var records = [
            try record(), try record(document: []),
            try record(outcome: .missing(reason: "reverted: gone"), document: []),
            try record(outcome: .unusable(reason: "not JSON · at byte 3"), document: [], contentType: nil, etag: ""),
            try record(document: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }),
        ]
        for index in records.indices {
            var bare = records[index]
            bare.standard = index % 2 == 0 ? nil : .erc1155
            bare.tokenURI = index % 2 == 0 ? nil : ""
            bare.source = ""
            bare.purgeSequence = index % 2 == 0 ? 0 : .max
            bare.reference = TokenReference(
                chain: try ChainIdentifier(caip2: "eip155:\(UInt64.max)"), contract: bare.reference.contract,
                token: TokenIdentifier(.max as UInt256)
            )
            records.append(bare)
        }
        for record in records { #expect(try RecordCoding.decode(RecordCoding.encode(record)) == record) }
    }

    @Test func `any truncation is refused`() throws {
        let bytes = RecordCoding.encode(try record())
        for length in 0..<bytes.count {
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(Array(bytes[..<length])) }
        }
    }

    @Test func `any flipped bit is refused`() throws {
        let bytes = RecordCoding.encode(try record())
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(damaged) }
        }
    }

    @Test func `bytes behind the record are refused`() throws {
        #expect(throws: StoredValueError.damaged) { try RecordCoding.decode(RecordCoding.encode(try record()) + [0]) }
    }

    @Test func `a version of another release is told from damage`() throws {
        var bytes = RecordCoding.encode(try record())
        bytes[2] = RecordCoding.version + 1
        #expect(throws: StoredValueError.unknownVersion(RecordCoding.version + 1)) { try RecordCoding.decode(bytes) }
    }

    @Test(arguments: ["text/html\r\nSet-Cookie: a=b", "text/html\n", "a\u{0}", "é"])
    func `a content type that would break out of its header line is refused`(_ contentType: String) throws {
        let bytes = RecordCoding.encode(try record(contentType: contentType))
        #expect(throws: StoredValueError.invalid("contentType")) { try RecordCoding.decode(bytes) }
    }

    @Test(arguments: ["a\"b", "a b", "a\r\n", "é"])
    func `an entity tag that would break out of its quotes is refused`(_ etag: String) throws {
        let bytes = RecordCoding.encode(try record(etag: etag))
        #expect(throws: StoredValueError.invalid("etag")) { try RecordCoding.decode(bytes) }
    }

    @Test func `times outside the calendar are refused`() throws {
        var early = try record()
        early.fetchedAt = -1
        var late = try record()
        late.freshUntil = .max
        #expect(throws: StoredValueError.invalid("fetchedAt")) { try RecordCoding.decode(RecordCoding.encode(early)) }
        #expect(throws: StoredValueError.invalid("freshUntil")) { try RecordCoding.decode(RecordCoding.encode(late)) }
    }

    @Test func `a document without the outcome to it is refused`() throws {
        let odd = try record(outcome: .missing(reason: "gone"), document: [1])
        #expect(throws: StoredValueError.invalid("document")) { try RecordCoding.decode(RecordCoding.encode(odd)) }
    }

    @Test func `noise is refused`() {
        for length in 0..<2_000 {
            var noise = (0..<length).map { _ in UInt8.random(in: 0...255) }
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(noise) }
            noise.replaceSubrange(0..<min(3, length), with: [0x4D, 0x43, RecordCoding.version].prefix(length))
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(noise) }
        }
    }
}
