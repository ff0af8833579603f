private import CZlib

/// What every value in a store begins and ends with: two letters and a version in front, a CRC-32 of all of it behind.
/// Numbers are little-endian.
///
/// A compressed value has the highest bit of its version set; its content is the length of the true one (4 bytes) and
/// that as a brotli stream. Releases that do not know the bit take it for a version that they do not know.
struct StoredValue {
    let magic: [UInt8]
    let version: UInt8
    /// The longest value, in bytes, compressed or not.
    let maximumLength: Int

    private static let checksumLength = 4
    private static let compressionBit: UInt8 = 0x80
    /// Longer contents are not compressed: they would hold up everybody on the loop.
    private static let longestCompressed = 256 << 10

    private var headLength: Int { magic.count + 1 }

    /// A value with this content.
    ///
    /// - Parameters:
    ///   - capacity: how long the content will be, about.
    ///   - threshold: contents longer than this are compressed, when that makes them shorter.
    ///   - write: appends the content.
    func sealing(capacity: Int, compressingAbove threshold: Int?, _ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(capacity + headLength + Self.checksumLength)
        output += magic
        output.append(version)
        write(&output)
        if let threshold { compress(&output, above: threshold) }
        output.append(number: output.withUnsafeBytes { Self.checksum($0) })
        return output
    }

    /// What `read` makes of the content of `bytes`, both borrowed for the call.
    func opening<Content>(
        _ bytes: UnsafeRawBufferPointer,
        _ read: (StoredValueReader) throws(StoredValueError) -> Content
    ) throws(StoredValueError) -> Content {
        guard bytes.count <= maximumLength else { throw .tooLong(bytes.count) }
        guard bytes.count > magic.count + Self.checksumLength, bytes.starts(with: magic) else { throw .truncated }
        let found = bytes[magic.count]
        guard found & ~Self.compressionBit == version else { throw .unknownVersion(found) }
        let sealed = UnsafeRawBufferPointer(rebasing: bytes.dropLast(Self.checksumLength))
        var trailer = StoredValueReader(UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.checksumLength)))
        guard try trailer.number(UInt32.self) == Self.checksum(sealed) else { throw .damaged }
        let content = UnsafeRawBufferPointer(rebasing: sealed.dropFirst(headLength))
        guard found & Self.compressionBit != 0 else { return try read(StoredValueReader(content)) }
        let plain = try decompress(content)
        let result = plain.withUnsafeBytes { plain in
            Result { () throws(StoredValueError) in try read(StoredValueReader(plain)) }
        }
        return try result.get()
    }

    private func compress(_ value: inout [UInt8], above threshold: Int) {
        let count = value.count - headLength
        guard count > threshold, count <= Self.longestCompressed else { return }
        let stream = value.withUnsafeBytes { bytes in
            Compression.fastBrotli(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(headLength)))
        }
        guard let stream, stream.count + MemoryLayout<UInt32>.size < count else { return }
        value[magic.count] |= Self.compressionBit
        value.removeSubrange(headLength...)
        value.append(number: UInt32(count))
        value += stream
    }

    private func decompress(_ content: UnsafeRawBufferPointer) throws(StoredValueError) -> [UInt8] {
        var reader = StoredValueReader(content)
        let count = Int(try reader.number(UInt32.self))
        guard count <= maximumLength else { throw .tooLong(count) }
        guard let plain = Decompression.brotli(try reader.rest(), exactly: count) else { throw .invalid("compression") }
        return plain
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        // Safe: zlib reads exactly `bytes.count` bytes, which are alive for the call.
        UInt32(truncatingIfNeeded: crc32_z(0, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count))
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The length, in four bytes, and the bytes.
    mutating func append(block: some Collection<UInt8>) {
        append(number: UInt32(clamping: block.count))
        append(contentsOf: block)
    }

    mutating func append(block: UnsafeRawBufferPointer) {
        append(number: UInt32(clamping: block.count))
        append(contentsOf: block)
    }
}
