import CZlib
import Caching
import Glibc
import Testing

@Suite struct CompressionTests {
    private static let document = Array(
        (0..<60).map { #"{"trait_type":"Trait \#($0)","value":"Value \#($0 % 7)","image":"ipfs://Qm\#($0)"}"# }
            .joined(separator: ",").utf8
    )

    @Test func `gzip gives fewer bytes that give back the same ones`() throws {
        let packed = try #require(Self.document.withUnsafeBytes { Compression.gzip($0) })
        #expect(packed.count < Self.document.count / 2)
        #expect(packed.array.starts(with: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]), "a header without a time or a name")
        #expect(inflated(packed.array, size: Self.document.count) == Self.document)
    }

    @Test func `brotli gives fewer bytes that give back the same ones`() throws {
        let packed = try #require(Self.document.withUnsafeBytes { Compression.brotli($0) })
        #expect(packed.count < Self.document.count / 2)
        #expect(try unpackedBrotli(packed.array, size: Self.document.count) == Self.document)
    }

    @Test func `the same input gives the same bytes`() {
        let gzips = (0..<3).map { _ in Self.document.withUnsafeBytes { Compression.gzip($0) }?.array }
        let brotlis = (0..<3).map { _ in Self.document.withUnsafeBytes { Compression.brotli($0) }?.array }
        #expect(Set(gzips).count == 1 && Set(brotlis).count == 1)
    }

    @Test(arguments: [0, 1, 2, 10, 1_000, 100_000])
    func `what does not get smaller is left alone`(_ size: Int) {
        let noise = (0..<size).map { _ in UInt8.random(in: 0...255) }
        #expect(noise.withUnsafeBytes { Compression.gzip($0) } == nil)
        #expect(noise.withUnsafeBytes { Compression.brotli($0) } == nil)
    }

    @Test func `a megabyte goes through both`() throws {
        let large = [UInt8](Array(repeating: Self.document, count: 300).joined())
        let gzip = try #require(large.withUnsafeBytes { Compression.gzip($0) })
        let brotli = try #require(large.withUnsafeBytes { Compression.brotli($0) })
        #expect(inflated(gzip.array, size: large.count) == large)
        #expect(try unpackedBrotli(brotli.array, size: large.count) == large)
    }

    @Test func `a body in pieces comes back whole, and up to where it was flushed`() throws {
        let stream = try #require(GzipStream())
        var packed = stream.compress(Self.document, flushing: true)
        #expect(packed.count > 100)
        for _ in 0..<100 { packed += stream.compress(Self.document, flushing: false) }
        packed += stream.compress([], flushing: false) + stream.finish()
        let whole = [UInt8](Array(repeating: Self.document, count: 101).joined())
        #expect(inflated(packed, size: whole.count) == whole)
        #expect(packed.count < whole.count / 10)
    }

    private func inflated(_ packed: [UInt8], size: Int) -> [UInt8]? {
        var input = packed
        var output = [UInt8](repeating: 0, count: size + 1)
        var stream = z_stream()
        let version = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, version) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        let count: Int? = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : nil
            }
        }
        return count.map { Array(output[..<$0]) }
    }

    /// By the decoder that is installed beside the encoder; the product has no use for it, so it is looked up here.
    private func unpackedBrotli(_ packed: [UInt8], size: Int) throws -> [UInt8] {
        typealias Decompress =
            @convention(c) (
                Int, UnsafePointer<UInt8>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UInt8>?
            ) -> Int32
        let library = try #require(dlopen("libbrotlidec.so.1", RTLD_NOW))
        let symbol = try #require(dlsym(library, "BrotliDecoderDecompress"))
        let decompress = unsafeBitCast(symbol, to: Decompress.self)
        var output = [UInt8](repeating: 0, count: size + 1)
        var count = output.count
        #expect(decompress(packed.count, packed, &count, &output) == 1)
        return Array(output[..<count])
    }
}
