private import CBrotli
private import CZlib

/// Compresses whole bodies, each of them once.
///
/// The same input gives the same bytes in every process with the same libraries, so that entity tags agree. Takes time
/// in proportion to the input: tens of microseconds for a kilobyte.
public enum Compression {
    /// `input` as a gzip member (RFC 1952), or nil when that is not smaller.
    ///
    /// - Parameter input: borrowed for the call.
    public static func gzip(_ input: UnsafeRawBufferPointer) -> SharedBytes? {
        bounded(input) { output in
            var stream = z_stream()
            // Safe: zlib reads `input` and writes `output`, both alive for this closure, within the counts given here.
            stream.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(output.count)
            let size = Int32(MemoryLayout<z_stream>.size)
            // A window of 15 bits; 16 more ask for the gzip wrapper, which carries no time unless told one.
            let window: Int32 = 15 + 16
            guard deflateInit2_(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
            else {
                return nil
            }
            defer { deflateEnd(&stream) }
            return deflate(&stream, Z_FINISH) == Z_STREAM_END ? output.count - Int(stream.avail_out) : nil
        }
    }

    /// `input` as a brotli stream (RFC 7932), or nil when that is not smaller.
    ///
    /// - Parameter input: borrowed for the call.
    public static func brotli(_ input: UnsafeRawBufferPointer) -> SharedBytes? {
        brotli(input, quality: brotliQuality)
    }

    /// The same at a third of the time and nine tenths of the gain, for values that are compressed with every write.
    public static func fastBrotli(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        brotli(input, quality: 1)?.array
    }

    private static func brotli(_ input: UnsafeRawBufferPointer, quality: Int32) -> SharedBytes? {
        bounded(input) { output in
            var count = output.count
            // Safe: brotli reads `input` and writes `output`, both alive for this closure, within the counts given here.
            let succeeded = BrotliEncoderCompress(
                quality, window(for: input.count), BROTLI_MODE_GENERIC, input.count,
                input.assumingMemoryBound(to: UInt8.self).baseAddress, &count,
                output.assumingMemoryBound(to: UInt8.self).baseAddress
            )
            return succeeded == BROTLI_TRUE ? count : nil
        }
    }

    /// Near the ratio of the highest quality at a thirtieth of its time.
    private static let brotliQuality: Int32 = 5

    /// The largest input that is compressed, in bytes.
    private static let largestInput = 64 << 20

    /// Has `compress` write into a buffer one byte shorter than the input, and keeps what it wrote.
    private static func bounded(
        _ input: UnsafeRawBufferPointer, by compress: (UnsafeMutableRawBufferPointer) -> Int?
    ) -> SharedBytes? {
        guard input.count > 1, input.count <= largestInput else { return nil }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count - 1, alignment: 1)
        defer { output.deallocate() }
        guard let count = compress(output), count <= output.count else { return nil }
        return SharedBytes(count: count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[..<count])) }
    }

    /// The smallest window, as a power of two, that reaches over the whole input: it bounds the encoder's memory.
    private static func window(for count: Int) -> Int32 {
        let bits = Int32(Int.bitWidth - count.leadingZeroBitCount)
        return min(max(bits + 1, 16), 22)
    }
}
