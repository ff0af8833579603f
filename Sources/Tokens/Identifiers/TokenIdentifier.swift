/// The number of a token within its contract, 0 … 2^256 − 1.
///
/// Written in decimal without leading zeros, or in hexadecimal after `0x`; both are one value.
public struct TokenIdentifier: Hashable, Sendable {
    public let value: UInt256

    @inlinable
    public init(_ value: UInt256) {
        self.value = value
    }

    @inlinable
    public init(_ value: UInt64) {
        self.value = UInt256(value)
    }

    /// Parses the decimal or `0x` form.
    ///
    /// - Throws: ``IdentifierError/invalidToken(detail:)``.
    public init(parsing text: String) throws(IdentifierError) {
        let bytes = Array(text.utf8)
        try self.init(ascii: bytes.span)
    }

    /// Parses the decimal or `0x` form from ASCII bytes.
    ///
    /// - Throws: ``IdentifierError/invalidToken(detail:)``.
    public init(parsing text: some Collection<UInt8>) throws(IdentifierError) {
        let bytes = Array(text)
        try self.init(ascii: bytes.span)
    }

    /// Parses the decimal or `0x` form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidToken(detail:)``.
    public init(ascii text: UnsafeRawBufferPointer) throws(IdentifierError) {
        // Safe: the span does not outlive the buffer, which the caller keeps alive for this call.
        try self.init(ascii: Span<UInt8>(_unsafeBytes: text))
    }

    /// Parses the decimal or `0x` form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidToken(detail:)``.
    public init(ascii text: Span<UInt8>) throws(IdentifierError) {
        guard !text.isEmpty else { throw .invalidToken(detail: "the token id is empty") }
        if text.count >= 2, text[0] == UInt8(ascii: "0"), text[1] | 0x20 == UInt8(ascii: "x") {
            guard text[1] == UInt8(ascii: "x") else {
                throw .invalidToken(detail: "hexadecimal begins with 0x, with a lower-case x")
            }
            value = try Self.hexadecimal(text.extracting(2...))
        } else {
            value = try Self.decimal(text)
        }
    }

    private static func hexadecimal(_ digits: Span<UInt8>) throws(IdentifierError) -> UInt256 {
        if let value = UInt256(hexDigits: digits) { return value }
        guard !digits.isEmpty else { throw .invalidToken(detail: "there are no digits after 0x") }
        for index in digits.indices where hexValue(digits[index]) == nil {
            throw .invalidToken(detail: "\(describe(digits[index])) is not a hexadecimal digit")
        }
        throw .invalidToken(detail: "at most 64 hexadecimal digits can follow 0x")
    }

    private static func decimal(_ digits: Span<UInt8>) throws(IdentifierError) -> UInt256 {
        for index in digits.indices where digits[index] &- 0x30 > 9 {
            throw Self.notDecimal(digits[index])
        }
        guard digits[0] != UInt8(ascii: "0") || digits.count == 1 else {
            throw .invalidToken(detail: "a decimal token id has no leading zeros")
        }
        guard digits.count <= 78, let value = UInt256(decimalDigits: digits) else {
            throw .invalidToken(detail: "the token id is larger than 2^256 - 1")
        }
        return value
    }

    private static func notDecimal(_ character: UInt8) -> IdentifierError {
        switch character {
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            .invalidToken(detail: "a token id is an integer from 0 to 2^256 - 1, written without a sign")
        case UInt8(ascii: "."), UInt8(ascii: ","):
            .invalidToken(detail: "a token id is an integer, without a decimal point or separators")
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            .invalidToken(detail: "a token id is written out in full, without an exponent; hexadecimal begins with 0x")
        default:
            .invalidToken(detail: "\(describe(character)) is not a decimal digit; hexadecimal begins with 0x")
        }
    }
}

extension TokenIdentifier: Comparable, CustomStringConvertible {
    public static func < (left: Self, right: Self) -> Bool {
        left.value < right.value
    }

    /// The decimal digits, without leading zeros: the canonical form.
    public var decimal: String { value.decimal }

    /// 64 lower-case hexadecimal digits without a prefix, as ERC-1155 substitutes for `{id}`.
    public var paddedHex: String { value.paddedHex }

    /// The 32 bytes, most significant first.
    public var bigEndianBytes: [UInt8] { value.bigEndianBytes }

    /// The canonical form.
    public var description: String { decimal }
}
