/// A key made of several fields, each with its length in front, so that no two lists of fields make one key.
///
/// `11:example.com` is a field and `-` is an absent one: readable in a store's console, and reversible.
public struct KeyFields: Sendable, Hashable {
    /// The key so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds a field; nil is a field that is absent, which an empty one is not.
    public mutating func append(_ field: [UInt8]?) {
        guard let field else {
            bytes.append(ASCII.hyphen)
            return
        }
        bytes += String(field.count).utf8
        bytes.append(ASCII.colon)
        bytes += field
    }

    /// Adds a field.
    public mutating func append(_ field: String) { append(Array(field.utf8)) }
}

/// Reads back what ``KeyFields`` wrote; whatever else it is given, it reads nothing past the end.
struct KeyFieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next field; nil when none is next or it is damaged. An absent field is `.some(nil)`.
    mutating func next() -> [UInt8]?? {
        if rest.first == ASCII.hyphen {
            rest.removeFirst()
            return .some(nil)
        }
        let digits = rest.prefix { ASCII.digit($0) != nil }
        // A length has one spelling, and nine digits cannot overflow.
        guard (1...9).contains(digits.count), digits.count == 1 || digits.first != ASCII.zero else { return nil }
        let length = digits.reduce(0) { $0 * 10 + (ASCII.digit($1) ?? 0) }
        let body = rest.dropFirst(digits.count)
        guard body.first == ASCII.colon, body.count > length else { return nil }
        let field = body.dropFirst().prefix(length)
        rest = rest[field.endIndex...]
        return .some(Array(field))
    }
}
