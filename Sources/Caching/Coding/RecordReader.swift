import Tokens

/// Reads a record from a value of ``RecordCoding``.
struct RecordReader {
    private var value: StoredValueReader

    init(_ value: StoredValueReader) { self.value = value }

    /// Everything after the version, to the last byte.
    mutating func record() throws(StoredValueError) -> TokenRecord {
        let outcomeCode = try value.number(UInt8.self)
        let standard = try standard()
        let presence = try value.number(UInt8.self)
        guard presence & ~RecordCoding.knownBits == 0 else { throw .invalid("presence") }
        let reference = try reference()
        let (fetchedAt, freshUntil) = (try value.time("fetchedAt"), try value.time("freshUntil"))
        let repetitions = Int(try value.number("repetitions", in: 0...Int64(Int32.max)))
        let purge = try value.number(UInt64.self)
        guard presence & RecordCoding.purgeBit != 0 || purge == 0 else { throw .invalid("purgeSequence") }
        let reason = try value.text("reason")
        let tokenURI = try text("tokenURI", isPresent: presence & RecordCoding.uriBit != 0)
        let source = try value.text("source")
        let contentType = try text("contentType", isPresent: presence & RecordCoding.contentTypeBit != 0)
        let etag = try value.text("etag")
        let validators = try validators(presence)
        let document = Array(try value.block())
        guard value.isAtEnd else { throw .invalid("length") }
        guard contentType?.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) ?? true else {
            throw .invalid("contentType")
        }
        guard etag.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 }) else { throw .invalid("etag") }
        let outcome = try outcome(outcomeCode, reason: reason)
        guard outcome == .document || document.isEmpty else { throw .invalid("document") }
        return TokenRecord(
            reference: reference, outcome: outcome, standard: standard, tokenURI: tokenURI, source: source,
            document: document, contentType: contentType, etag: etag, validators: validators, repetitions: repetitions,
            fetchedAt: fetchedAt, freshUntil: freshUntil,
            purgeSequence: presence & RecordCoding.purgeBit != 0 ? purge : nil)
    }

    private mutating func validators(_ presence: UInt8) throws(StoredValueError) -> SourceValidators {
        let tag = try text("sourceETag", isPresent: presence & RecordCoding.sourceTagBit != 0)
        let modified = try text("sourceLastModified", isPresent: presence & RecordCoding.sourceModifiedBit != 0)
        let validators = SourceValidators(entityTag: tag, lastModified: modified)
        guard validators.entityTag == tag, validators.lastModified == modified else { throw .invalid("validators") }
        return validators
    }

    private mutating func text(
        _ field: StaticString, isPresent: Bool
    ) throws(StoredValueError) -> String? {
        let text = try value.text(field)
        guard isPresent || text.isEmpty else { throw .invalid(field) }
        return isPresent ? text : nil
    }

    private mutating func standard() throws(StoredValueError) -> TokenStandard? {
        switch try value.number(UInt8.self) {
        case 0: return nil
        case 1: return .erc721
        case 2: return .erc1155
        default: throw .invalid("standard")
        }
    }

    private func outcome(_ code: UInt8, reason: String) throws(StoredValueError) -> TokenRecord.Outcome {
        switch code {
        case 0 where reason.isEmpty: return .document
        case 1: return .missing(reason: reason)
        case 2: return .unusable(reason: reason)
        default: throw .invalid("outcome")
        }
    }

    private mutating func reference() throws(StoredValueError) -> TokenReference {
        let key = Array(try value.take(TokenReference.canonicalKeySize))
        guard let reference = TokenReference(canonicalKey: key) else { throw .invalid("reference") }
        return reference
    }
}
