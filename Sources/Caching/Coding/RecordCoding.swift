public import Tokens

/// The binary form of a record in the shared cache and in the outbox.
///
/// ```
/// "MC"  version  outcome  standard  presence  token reference (92 bytes)  fetchedAt  freshUntil  repetitions  purgeSequence
/// reason  tokenURI  source  contentType  etag  sourceETag  sourceLastModified  document    each: length (4 bytes), bytes
/// CRC-32 of everything before (4 bytes)
/// ```
/// Numbers are little-endian. `presence` has a bit for each optional text, and for the number of the purge, which is
/// 0 where there is none. Stores are not trusted: what decodes was
/// checked field by field and can go into a response as it is.
public enum RecordCoding {
    /// The version this release writes, and the only one it reads.
    public static let version: UInt8 = 3
    /// The longest record, in bytes.
    public static let maximumLength = 64 << 20

    private static let form = StoredValue(
        magic: Array("MC".utf8), version: version, maximumLength: maximumLength)
    static let uriBit: UInt8 = 1
    static let contentTypeBit: UInt8 = 2
    static let sourceTagBit: UInt8 = 4
    static let sourceModifiedBit: UInt8 = 8
    static let purgeBit: UInt8 = 16
    static let knownBits: UInt8 = 31

    /// The bytes of `record`.
    ///
    /// - Parameter threshold: records longer than this are compressed, when that makes them shorter.
    public static func encode(_ record: TokenRecord, compressingAbove threshold: Int? = nil) -> [UInt8] {
        let capacity = 256 + (record.tokenURI?.utf8.count ?? 0) + record.document.count
        return form.sealing(capacity: capacity, compressingAbove: threshold) { output in
            let reason = outcome(of: record, to: &output)
            output.append(standardCode(record.standard))
            output.append(presence(in: record))
            output += record.reference.canonicalKey
            output.append(number: record.fetchedAt)
            output.append(number: record.freshUntil)
            output.append(number: Int64(record.repetitions))
            output.append(number: record.purgeSequence ?? 0)
            let validators = record.validators
            let texts = [reason, record.tokenURI, record.source, record.contentType, record.etag]
            for text in texts + [validators.entityTag, validators.lastModified] {
                output.append(block: (text ?? "").utf8)
            }
            output.append(block: record.document)
        }
    }

    /// The record that `bytes` encode.
    public static func decode(_ bytes: [UInt8]) throws(StoredValueError) -> TokenRecord {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(StoredValueError) in try decode(buffer) }
        }
        return try result.get()
    }

    /// The record that `bytes`, borrowed for the call, encode.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(StoredValueError) -> TokenRecord {
        try form.opening(bytes) { value throws(StoredValueError) in
            var reader = RecordReader(value)
            return try reader.record()
        }
    }

    private static func presence(in record: TokenRecord) -> UInt8 {
        let bits = [
            (record.tokenURI, uriBit), (record.contentType, contentTypeBit),
            (record.validators.entityTag, sourceTagBit), (record.validators.lastModified, sourceModifiedBit),
        ]
        let purge = record.purgeSequence == nil ? 0 : purgeBit
        return bits.reduce(purge) { $1.0 == nil ? $0 : $0 | $1.1 }
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
}
