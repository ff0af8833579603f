/// A place within a JSON text, as RFC 6901 writes it: `/raw/metadata`, `/items/0/document`; empty for the whole.
public struct JSONPointer: Hashable, Sendable {
    /// As it was given.
    public let text: String
    private let names: [String]

    /// `nil` when the text is no pointer: it neither is empty nor begins with `/`, or has a `~` that is not `~0` or `~1`.
    public init?(_ text: String) {
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return nil }
        var names: [String] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard let name = Self.unescaped(part) else { return nil }
            names.append(name)
        }
        self.text = text
        self.names = names
    }

    /// What the pointer points to; `nil` when there is no such place. Of duplicate members it is the last.
    public func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for name in names {
            let next: JSONValue? =
                switch value.kind {
                case .object: value[name]
                case .array: Self.index(name).flatMap { index in value.elements.dropFirst(index).first { _ in true } }
                case .string, .number, .boolean, .null: nil
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    private static func unescaped(_ part: Substring.UTF8View.SubSequence) -> String? {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            case _: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Digits without a leading zero. What comes after the last element, `-`, is never there.
    private static func index(_ name: String) -> Int? {
        guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), name == "0" || !name.hasPrefix("0") else {
            return nil
        }
        return Int(name)
    }
}
