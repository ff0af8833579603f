private import CZlib
public import Tokens

/// The binary form of a record in the shared cache and in the outbox.
///
/// ```
/// "MC"  version  outcome  standard  presence  token reference (92 bytes)  fetchedAt  freshUntil
/// reason  tokenURI  source  contentType  etag  document        each: length (4 bytes), bytes
/// CRC-32 of everything before (4 bytes)
/// ```
/// Numbers are little-endian. `presence` has a bit for each optional text. Stores are not trusted: what decodes was
/// checked field by field and can go into a response as it is.
public enum RecordCoding {
    /// The version this release writes, and the only one it reads.
    public static let version: UInt8 = 1
    /// The longest record, in bytes.
    public static let maximumLength = 64 << 20

    static let magic: [UInt8] = [0x4D, 0x43]
    static let checksumLength = 4
    static let uriBit: UInt8 = 1
    static let contentTypeBit: UInt8 = 2

    /// The bytes of `record`.
    public static func encode(_ record: TokenRecord) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256 + (record.tokenURI?.utf8.count ?? 0) + record.document.count)
        output += magic
        output.append(version)
        let reason = outcome(of: record, to: &output)
        output.append(standardCode(record.standard))
        output.append((record.tokenURI == nil ? 0 : uriBit) | (record.contentType == nil ? 0 : contentTypeBit))
        output += record.reference.canonicalKey
        append(UInt64(bitPattern: record.fetchedAt), to: &output)
        append(UInt64(bitPattern: record.freshUntil), to: &output)
        for text in [reason, record.tokenURI ?? "", record.source, record.contentType ?? "", record.etag] {
            append(UInt32(clamping: text.utf8.count), to: &output)
            output += text.utf8
        }
        append(UInt32(clamping: record.document.count), to: &output)
        output += record.document
        append(output.withUnsafeBytes { checksum($0) }, to: &output)
        return output
    }

    /// The record that `bytes` encode.
    public static func decode(_ bytes: [UInt8]) throws(RecordCodingError) -> TokenRecord {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(RecordCodingError) in try decode(buffer) }
        }
        return try result.get()
    }

    /// The record that `bytes`, borrowed for the call, encode.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(RecordCodingError) -> TokenRecord {
        guard bytes.count <= maximumLength else { throw .tooLong(bytes.count) }
        guard bytes.count > magic.count + checksumLength, bytes.starts(with: magic) else { throw .truncated }
        guard bytes[magic.count] == version else { throw .unknownVersion(bytes[magic.count]) }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(checksumLength))
        var trailer = RecordReader(UnsafeRawBufferPointer(rebasing: bytes.suffix(checksumLength)))
        guard try trailer.number(UInt32.self) == checksum(content) else { throw .damaged }
        var reader = RecordReader(UnsafeRawBufferPointer(rebasing: content.dropFirst(magic.count + 1)))
        return try reader.record()
    }

    /// Appends the outcome's code and returns its reason.
    private static func outcome(of record: TokenRecord, to output: inout [UInt8]) -> String {
        switch record.outcome {
        case .document:
            output.append(0)
            return ""
        case .missing(let reason):
            output.append(1)
            return reason
        case .unusable(let reason):
            output.append(2)
            return reason
        }
    }

    private static func standardCode(_ standard: TokenStandard?) -> UInt8 {
        switch standard {
        case nil: 0
        case .erc721: 1
        case .erc1155: 2
        }
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to output: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        // Safe: zlib reads exactly `bytes.count` bytes, which are alive for the call.
        UInt32(truncatingIfNeeded: crc32_z(0, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count))
    }
}
