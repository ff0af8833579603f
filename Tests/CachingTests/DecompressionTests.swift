import Caching
import Testing

@Suite struct DecompressionTests {
    private static let text = Array(String(repeating: "again and again, ", count: 20_000).utf8)

    private static func packed() throws -> [UInt8] {
        try #require(text.withUnsafeBytes { Compression.gzip($0) }).array
    }

    @Test func `what was compressed comes back`() throws {
        let packed = try Self.packed()
        #expect(Decompression.isGzip(packed) && !Decompression.isGzip(Self.text) && !Decompression.isGzip([]))
        #expect(try Decompression.gunzip(packed, limit: Self.text.count) == Self.text)
    }

    @Test func `no more than the limit is made`() throws {
        let packed = try Self.packed()
        for limit in [0, 1, 65_536, Self.text.count - 1] {
            #expect(throws: Decompression.Failure.tooLarge) { try Decompression.gunzip(packed, limit: limit) }
        }
    }

    @Test func `what follows the member is left`() throws {
        #expect(try Decompression.gunzip(Self.packed() + [1, 2, 3], limit: .max) == Self.text)
    }

    @Test func `what is cut, broken or no gzip is refused`() throws {
        let packed = try Self.packed()
        for count in [0, 1, 9, 10, 11, packed.count / 2, packed.count - 1] {
            #expect(throws: Decompression.Failure.malformed, "\(count) bytes") {
                try Decompression.gunzip(Array(packed.prefix(count)), limit: .max)
            }
        }
        var broken = packed
        broken[packed.count - 5] ^= 1
        #expect(throws: Decompression.Failure.malformed, "a wrong checksum") {
            try Decompression.gunzip(broken, limit: .max)
        }
        #expect(throws: Decompression.Failure.malformed) { try Decompression.gunzip(Self.text, limit: .max) }
    }

    @Test func `bytes changed at random neither crash it nor pass the limit`() throws {
        let packed = try Self.packed()
        for index in packed.indices {
            var changed = packed
            changed[index] ^= UInt8.random(in: 1...255)
            let result = try? Decompression.gunzip(changed, limit: Self.text.count)
            #expect((result?.count ?? 0) <= Self.text.count)
        }
    }
}
