/// One JSON text, checked from end to end, with the bytes it was read from.
///
/// Nothing is converted: values are views of the exact bytes, members keep their order and their duplicates,
/// numbers their spelling.
public struct JSONDocument: Sendable {
    /// How many arrays and objects may lie within each other.
    public static let depthLimit = 512

    /// The bytes as given, white space around the value included.
    public let bytes: [UInt8]
    /// The one value of the text.
    public let root: JSONValue

    /// Checks the bytes against RFC 8259.
    ///
    /// - Throws: ``JSONError`` with the place of the first violation.
    public init(validating bytes: [UInt8]) throws(JSONError) {
        var validator = JSONValidator(bytes)
        let range = try validator.validate()
        self.bytes = bytes
        root = JSONValue(bytes: bytes, range: range)
    }
}
