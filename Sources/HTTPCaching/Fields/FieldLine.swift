/// One field line of a message (RFC 9110, section 5): a name in the case it came in, and the octets of its value.
public struct FieldLine: Sendable, Hashable {
    public var name: String
    /// Without white space around it. May hold octets beyond ASCII, which are nobody's to interpret.
    public var value: [UInt8]

    public init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }

    /// The value as text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: value, as: UTF8.self) }

    /// Whether the line's name is `name`, whatever the case of either.
    public func isNamed(_ name: String) -> Bool {
        let (mine, other) = (self.name.utf8, name.utf8)
        guard mine.count == other.count else { return false }
        return zip(mine, other).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
