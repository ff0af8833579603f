import Tokens

/// Reads a record's fields from left to right, each checked before it is believed.
struct RecordReader {
    // Safe: every access is checked against the end, and no reader outlives the call its bytes were lent to.
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Everything after the version, to the last byte.
    mutating func record() throws(RecordCodingError) -> TokenRecord {
        let outcomeCode = try number(UInt8.self)
        let standard = try standard()
        let presence = try number(UInt8.self)
        guard presence & ~(RecordCoding.uriBit | RecordCoding.contentTypeBit) == 0 else { throw .invalid("presence") }
        let reference = try reference()
        let (fetchedAt, freshUntil) = (try time("fetchedAt"), try time("freshUntil"))
        let reason = try text("reason")
        let tokenURI = try text("tokenURI", isPresent: presence & RecordCoding.uriBit != 0)
        let source = try text("source")
        let contentType = try text("contentType", isPresent: presence & RecordCoding.contentTypeBit != 0)
        let etag = try text("etag")
        let document = Array(try block())
        guard position == bytes.count else { throw .invalid("length") }
        guard contentType?.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) ?? true else {
            throw .invalid("contentType")
        }
        guard etag.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 }) else { throw .invalid("etag") }
        let outcome = try outcome(outcomeCode, reason: reason)
        guard outcome == .document || document.isEmpty else { throw .invalid("document") }
        return TokenRecord(
            reference: reference, outcome: outcome, standard: standard, tokenURI: tokenURI, source: source,
            document: document, contentType: contentType, etag: etag, fetchedAt: fetchedAt, freshUntil: freshUntil
        )
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(RecordCodingError) -> Number {
        let field = try take(MemoryLayout<Number>.size)
        return Number(littleEndian: field.loadUnaligned(as: Number.self))
    }

    private mutating func take(_ count: Int) throws(RecordCodingError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// A length and that many bytes.
    private mutating func block() throws(RecordCodingError) -> UnsafeRawBufferPointer {
        try take(Int(try number(UInt32.self)))
    }

    private mutating func text(_ field: StaticString) throws(RecordCodingError) -> String {
        guard let text = String(validating: try block(), as: UTF8.self) else { throw .invalid(field) }
        return text
    }

    private mutating func text(
        _ field: StaticString, isPresent: Bool
    ) throws(RecordCodingError) -> String? {
        let text = try text(field)
        guard isPresent || text.isEmpty else { throw .invalid(field) }
        return isPresent ? text : nil
    }

    /// Milliseconds since 1970, no later than the year 9999.
    private mutating func time(_ field: StaticString) throws(RecordCodingError) -> Int64 {
        let time = try number(Int64.self)
        guard (0...253_402_300_799_999).contains(time) else { throw .invalid(field) }
        return time
    }

    private mutating func standard() throws(RecordCodingError) -> TokenStandard? {
        switch try number(UInt8.self) {
        case 0: return nil
        case 1: return .erc721
        case 2: return .erc1155
        default: throw .invalid("standard")
        }
    }

    private func outcome(_ code: UInt8, reason: String) throws(RecordCodingError) -> TokenRecord.Outcome {
        switch code {
        case 0 where reason.isEmpty: return .document
        case 1: return .missing(reason: reason)
        case 2: return .unusable(reason: reason)
        default: throw .invalid("outcome")
        }
    }

    private mutating func reference() throws(RecordCodingError) -> TokenReference {
        let key = Array(try take(TokenReference.canonicalKeySize))
        guard let reference = TokenReference(canonicalKey: key) else { throw .invalid("reference") }
        return reference
    }
}
