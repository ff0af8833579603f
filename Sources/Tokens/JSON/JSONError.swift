/// Why bytes are not one JSON text of RFC 8259, and where.
public struct JSONError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// There is nothing but white space.
        case empty
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that cannot stand here.
        case unexpectedByte(UInt8)
        /// A control character inside a string that must be escaped.
        case controlCharacter(UInt8)
        /// An escape sequence that does not exist.
        case invalidEscape
        /// A number such as `01` or `1.`.
        case invalidNumber
        /// A string that is not UTF-8.
        case invalidUTF8
        /// More arrays and objects within each other than ``JSONDocument/depthLimit``.
        case tooDeep
        /// Something follows the value.
        case trailingBytes
    }

    public let reason: Reason
    /// The byte at which reading stopped.
    public let offset: Int
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .empty: "the text is empty"
        case .unexpectedEnd: "the text ends inside a value, after byte \(offset)"
        case .unexpectedByte(let byte): "unexpected \(describe(byte)) at byte \(offset)"
        case .controlCharacter(let byte): "unescaped control character \(describe(byte)) in a string at byte \(offset)"
        case .invalidEscape: "invalid escape sequence at byte \(offset)"
        case .invalidNumber: "invalid number at byte \(offset)"
        case .invalidUTF8: "invalid UTF-8 at byte \(offset)"
        case .tooDeep: "nested deeper than \(JSONDocument.depthLimit) levels at byte \(offset)"
        case .trailingBytes: "something follows the value at byte \(offset)"
        }
    }
}
