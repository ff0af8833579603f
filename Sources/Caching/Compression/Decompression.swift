private import CBrotli
private import CZlib

/// Undoes gzip (RFC 1952) where a body turns out to be compressed although nobody said so, and brotli in our own values.
public enum Decompression {
    /// Why there is no result.
    public enum Failure: Error, Hashable, Sendable {
        case malformed
        /// The result would pass the limit: a bomb, or nothing that is wanted.
        case tooLarge
    }

    private static let pieceBytes = 64 << 10

    /// Whether bytes begin as a gzip member does.
    public static func isGzip(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x1F, 0x8B, 8])
    }

    /// What a gzip member holds; what follows the member is left.
    ///
    /// - Parameter limit: the most bytes of result that are made.
    public static func gunzip(_ input: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        guard input.count <= Int(UInt32.max) else { throw .tooLarge }
        var stream = z_stream()
        // A window of 15 bits; 16 more ask for the gzip wrapper.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var consumed = 0
        while true {
            let (count, taken, code) = step(&stream, input, from: consumed, into: &piece)
            consumed += taken
            guard count <= limit - output.count else { throw .tooLarge }
            output += piece[..<count]
            if code == Z_STREAM_END { return output }
            guard code == Z_OK, count > 0 || taken > 0 else { throw .malformed }
        }
    }

    /// What a whole brotli stream (RFC 7932) holds; nil when that is not exactly `count` bytes, of which no more are made.
    ///
    /// - Parameter input: borrowed for the call.
    public static func brotli(_ input: UnsafeRawBufferPointer, exactly count: Int) -> [UInt8]? {
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = count
            // Safe: brotli reads `input` and writes `buffer`, both alive for this closure, within the counts given here.
            let result = BrotliDecoderDecompress(
                input.count, input.assumingMemoryBound(to: UInt8.self).baseAddress, &length, buffer.baseAddress)
            if result != BROTLI_DECODER_RESULT_SUCCESS { length = 0 }
        }
        return output.count == count ? output : nil
    }

    /// Safe: zlib reads `input` and writes `piece`, both alive for the call, within the counts given here; it keeps no
    /// address from one call to the next but those in the stream, which are set anew.
    private static func step(
        _ stream: inout z_stream, _ input: [UInt8], from start: Int, into piece: inout [UInt8]
    ) -> (count: Int, taken: Int, code: Int32) {
        input.withUnsafeBufferPointer { input in
            piece.withUnsafeMutableBufferPointer { piece in
                let rest = UnsafeBufferPointer(rebasing: input[start...])
                stream.next_in = UnsafeMutablePointer(mutating: rest.baseAddress)
                stream.avail_in = UInt32(rest.count)
                stream.next_out = piece.baseAddress
                stream.avail_out = UInt32(piece.count)
                let code = inflate(&stream, Z_NO_FLUSH)
                return (piece.count - Int(stream.avail_out), rest.count - Int(stream.avail_in), code)
            }
        }
    }
}
