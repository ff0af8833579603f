import HTTPCaching
import Tokens

/// How much memory values take, the allocator's share included, so that a byte budget means resident memory.
///
/// The allocator hands out chunks in steps of 16 bytes with 8 of its own, 32 at least; a Swift object begins with a
/// header of 16, a native array or string buffer with 32.
enum Footprint {
    /// A block of `bytes` asked of the allocator; nothing for none.
    static func block(_ bytes: Int) -> Int {
        bytes > 0 ? max(32, (bytes + 8 + 15) & ~15) : 0
    }

    /// An object with stored properties of `payload` bytes.
    static func object(payload: Int) -> Int { block(16 + payload) }

    static func array(_ bytes: [UInt8]) -> Int {
        bytes.capacity > 0 ? block(32 + bytes.capacity) : 0
    }

    /// A string's buffer; the first fifteen bytes need none.
    static func string(_ text: String?) -> Int {
        guard let count = text?.utf8.count, count > 15 else { return 0 }
        return block(32 + count + 1)
    }

    static func shared(_ bytes: SharedBytes) -> Int {
        bytes.count > 0 ? object(payload: 16) + block(bytes.count) : 0
    }

    /// What a record holds beyond its own fields, which lie inside the entry.
    static func record(_ record: TokenRecord?) -> Int {
        guard let record else { return 0 }
        let texts =
            string(record.tokenURI) + string(record.source) + string(record.contentType) + string(record.etag)
        let validators = string(record.validators.entityTag) + string(record.validators.lastModified)
        let reason: String? =
            switch record.outcome {
            case .document: nil
            case .missing(let reason), .unusable(let reason): reason
            }
        return texts + validators + string(reason) + array(record.document)
    }

    /// What a response's head holds beyond its own fields.
    static func head(_ head: StoredHead) -> Int {
        let lines = head.fields.lines
        let variant = head.variant
        let ofLines = lines.reduce(block(32 + lines.capacity * MemoryLayout<FieldLine>.stride)) {
            $0 + string($1.name) + array($1.value)
        }
        let ofVariant = zip(variant.names, variant.values).reduce(0) { sum, part in
            sum + 2 * block(32 + 16) + string(part.0) + array(part.1 ?? [])
        }
        let selected = array(variant.contentLanguage ?? []) + array(variant.contentEncoding ?? [])
        return ofLines + ofVariant + selected + array(head.entityTag ?? [])
    }
}
