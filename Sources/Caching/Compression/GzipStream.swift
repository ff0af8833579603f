private import CZlib

/// Compresses a body that is sent in pieces, as one gzip member (RFC 1952). Confined to whoever holds it.
public final class GzipStream {
    private static let room = 16 * 1024

    // Safe: zlib keeps a pointer to the stream's struct inside its state, so the struct must not move; this memory does
    // not, and nobody else has it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory for it.
    public init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        // A window of 15 bits, and 16 more for the gzip wrapper; the fastest level, because clients wait for it.
        guard deflateInit2_(stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// What `piece` adds to the compressed body.
    ///
    /// - Parameter flushing: whether the reader can decode all of it at once; costs some of the gain.
    public func compress(_ piece: [UInt8], flushing: Bool) -> [UInt8] {
        run(piece, flushing ? Z_SYNC_FLUSH : Z_NO_FLUSH)
    }

    /// The end of the compressed body.
    public func finish() -> [UInt8] { run([], Z_FINISH) }

    private func run(_ piece: [UInt8], _ mode: Int32) -> [UInt8] {
        var output: [UInt8] = []
        piece.withUnsafeBufferPointer { input in
            // Safe: zlib reads `input` within this closure and writes only into the room it is given below.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                output += [UInt8](unsafeUninitializedCapacity: Self.room) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(Self.room)
                    _ = deflate(stream, mode)
                    count = Self.room - Int(stream.pointee.avail_out)
                }
            } while stream.pointee.avail_out == 0
        }
        return output
    }
}
