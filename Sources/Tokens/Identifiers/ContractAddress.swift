/// The 20-byte address of a contract.
///
/// Written in lower case, in upper case, or in mixed case with the correct checksum of its chain; all of them are one
/// value. Stored inline.
public struct ContractAddress: Hashable, Sendable {
    /// The first eight bytes, big-endian.
    let high: UInt64
    /// The next eight bytes, big-endian.
    let middle: UInt64
    /// The last four bytes, big-endian.
    let low: UInt32

    /// Characters of the written form: `0x` and forty digits.
    public static let textLength = 42

    init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// Parses the written form.
    ///
    /// - Parameter chain: where the contract is. It decides how mixed case is checked: as EIP-1191 has it on the
    ///   chains that adopted that, as EIP-55 has it everywhere else.
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(parsing text: String, on chain: ChainIdentifier? = nil) throws(IdentifierError) {
        let bytes = Array(text.utf8)
        try self.init(ascii: bytes.span, on: chain)
    }

    /// Parses the written form from ASCII bytes.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(parsing text: some Collection<UInt8>, on chain: ChainIdentifier? = nil) throws(IdentifierError) {
        let bytes = Array(text)
        try self.init(ascii: bytes.span, on: chain)
    }

    /// Parses the written form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(ascii text: UnsafeRawBufferPointer, on chain: ChainIdentifier? = nil) throws(IdentifierError) {
        // Safe: the span does not outlive the buffer, which the caller keeps alive for this call.
        try self.init(ascii: Span<UInt8>(_unsafeBytes: text), on: chain)
    }

    /// Parses the written form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(ascii text: Span<UInt8>, on chain: ChainIdentifier? = nil) throws(IdentifierError) {
        guard text.count == Self.textLength, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "x") else {
            throw AddressAdvice.error(for: text)
        }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var seenLower = false
        var seenUpper = false
        for index in 2..<Self.textLength {
            let character = text[index]
            guard let digit = hexValue(character) else { throw AddressAdvice.error(for: text) }
            if digit > 9 {
                let isLower = character & 0x20 != 0
                seenLower = seenLower || isLower
                seenUpper = seenUpper || !isLower
            }
            words.0 = words.0 << 4 | words.1 >> 60
            words.1 = words.1 << 4 | words.2 >> 28
            words.2 = (words.2 << 4 | UInt64(digit)) & 0xFFFF_FFFF
        }
        self.init(high: words.0, middle: words.1, low: UInt32(truncatingIfNeeded: words.2))
        if seenLower && seenUpper { try checkCase(of: text, AddressChecksum(on: chain), on: chain) }
    }

    private func checkCase(
        of text: Span<UInt8>, _ checksum: AddressChecksum, on chain: ChainIdentifier?
    ) throws(IdentifierError) {
        let upperCase = checksum.upperCase(ofDigits: text.extracting(2...))
        for position in 0..<40 where text[position + 2] > UInt8(ascii: "9") {
            let isUpper = text[position + 2] & 0x20 == 0
            guard isUpper == upperCase.contains(position) else {
                let right = checksummed(on: chain)
                throw .invalidContract(
                    detail:
                        "the mixed-case checksum (\(checksum.name)) does not match; write \(right) or all lower case"
                )
            }
        }
    }
}

extension ContractAddress {
    /// The 20 bytes.
    public var bytes: [UInt8] {
        (0..<20).map(byte)
    }

    /// `0x` and forty digits, lower case: the canonical form.
    public var lowercase: String {
        var text: [UInt8] = []
        text.reserveCapacity(Self.textLength)
        appendLowercase(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// `0x` and forty digits in the mixed case of EIP-55.
    public var checksummed: String { checksummed(on: nil) }

    /// `0x` and forty digits in the mixed case that a chain's addresses are checked by.
    public func checksummed(on chain: ChainIdentifier?) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(Self.textLength)
        appendChecksummed(on: chain, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the canonical form.
    public func appendLowercase(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "0"))
        output.append(UInt8(ascii: "x"))
        for position in 0..<40 {
            output.append(hexDigit(nibble(position)))
        }
    }

    /// Appends the form in the mixed case that a chain's addresses are checked by.
    public func appendChecksummed(on chain: ChainIdentifier?, to output: inout [UInt8]) {
        let start = output.count
        appendLowercase(to: &output)
        let upperCase = AddressChecksum(on: chain).upperCase(ofDigits: output.span.extracting((start + 2)...))
        for position in 0..<40 where output[start + 2 + position] > UInt8(ascii: "9") && upperCase.contains(position) {
            output[start + 2 + position] &= ~0x20
        }
    }

    func byte(_ position: Int) -> UInt8 {
        switch position {
        case 0..<8: UInt8(truncatingIfNeeded: high >> UInt64((7 - position) * 8))
        case 8..<16: UInt8(truncatingIfNeeded: middle >> UInt64((15 - position) * 8))
        default: UInt8(truncatingIfNeeded: low >> UInt32((19 - position) * 8))
        }
    }

    private func nibble(_ position: Int) -> UInt8 {
        let byte = byte(position >> 1)
        return position & 1 == 0 ? byte >> 4 : byte & 0x0F
    }
}

extension ContractAddress: Comparable, CustomStringConvertible {
    public static func < (left: Self, right: Self) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.middle != right.middle { return left.middle < right.middle }
        return left.low < right.low
    }

    /// The canonical form.
    public var description: String { lowercase }
}
