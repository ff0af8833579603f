private import CZlib

/// What every value in a store begins and ends with: two letters and a version in front, a CRC-32 of all of it behind.
/// Numbers are little-endian.
struct StoredValue {
    let magic: [UInt8]
    let version: UInt8
    /// The longest value, in bytes.
    let maximumLength: Int

    private static let checksumLength = 4

    /// A value with this content.
    ///
    /// - Parameters:
    ///   - capacity: how long the content will be, about.
    ///   - write: appends the content.
    func sealing(capacity: Int, _ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(capacity + magic.count + 1 + Self.checksumLength)
        output += magic
        output.append(version)
        write(&output)
        output.append(number: output.withUnsafeBytes { Self.checksum($0) })
        return output
    }

    /// The content of `bytes`, which stay borrowed for as long as the reader is used.
    func open(_ bytes: UnsafeRawBufferPointer) throws(StoredValueError) -> StoredValueReader {
        guard bytes.count <= maximumLength else { throw .tooLong(bytes.count) }
        guard bytes.count > magic.count + Self.checksumLength, bytes.starts(with: magic) else { throw .truncated }
        guard bytes[magic.count] == version else { throw .unknownVersion(bytes[magic.count]) }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(Self.checksumLength))
        var trailer = StoredValueReader(UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.checksumLength)))
        guard try trailer.number(UInt32.self) == Self.checksum(content) else { throw .damaged }
        return StoredValueReader(UnsafeRawBufferPointer(rebasing: content.dropFirst(magic.count + 1)))
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
