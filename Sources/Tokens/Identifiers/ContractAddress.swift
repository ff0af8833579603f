/// The 20-byte address of a contract.
///
/// Written in lower case, in upper case, or in mixed case with a correct EIP-55 checksum; all of them are one
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
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(parsing text: String) throws(IdentifierError) {
        let bytes = Array(text.utf8)
        try self.init(ascii: bytes.span)
    }

    /// Parses the written form from ASCII bytes.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(parsing text: some Collection<UInt8>) throws(IdentifierError) {
        let bytes = Array(text)
        try self.init(ascii: bytes.span)
    }

    /// Parses the written form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(ascii text: UnsafeRawBufferPointer) throws(IdentifierError) {
        // Safe: the span does not outlive the buffer, which the caller keeps alive for this call.
        try self.init(ascii: Span<UInt8>(_unsafeBytes: text))
    }

    /// Parses the written form in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError/invalidContract(detail:)``.
    public init(ascii text: Span<UInt8>) throws(IdentifierError) {
        guard text.count == Self.textLength else { throw Self.lengthError(text) }
        guard text[0] == UInt8(ascii: "0"), text[1] | 0x20 == UInt8(ascii: "x") else {
            throw .invalidContract(detail: "a contract address begins with 0x")
        }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var seenLower = false
        var seenUpper = false
        for index in 2..<Self.textLength {
            let character = text[index]
            guard let digit = hexValue(character) else {
                throw .invalidContract(detail: "\(describe(character)) is not a hexadecimal digit")
            }
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
        if seenLower && seenUpper { try checkChecksum(of: text) }
    }

    private static func lengthError(_ text: Span<UInt8>) -> IdentifierError {
        .invalidContract(detail: "a contract address is 0x and 40 hexadecimal digits, not \(text.count) characters")
    }

    private func checkChecksum(of text: Span<UInt8>) throws(IdentifierError) {
        let digest = Self.digest(ofDigits: text.extracting(2...))
        for position in 0..<40 where text[position + 2] > UInt8(ascii: "9") {
            let isUpper = text[position + 2] & 0x20 == 0
            guard isUpper == Self.isUpper(position, digest) else {
                throw .invalidContract(
                    detail: "the mixed-case checksum (EIP-55) does not match; write \(checksummed) or all lower case"
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
    public var checksummed: String {
        var text: [UInt8] = []
        text.reserveCapacity(Self.textLength)
        appendChecksummed(to: &text)
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

    /// Appends the form with the checksum of EIP-55.
    public func appendChecksummed(to output: inout [UInt8]) {
        let digest = lowercaseDigest
        output.append(UInt8(ascii: "0"))
        output.append(UInt8(ascii: "x"))
        for position in 0..<40 {
            let digit = hexDigit(nibble(position))
            let isUpper = digit > UInt8(ascii: "9") && Self.isUpper(position, digest)
            output.append(isUpper ? digit & ~0x20 : digit)
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

    /// Keccak-256 of the forty lower-case digits, of which EIP-55 takes the case of each letter.
    private var lowercaseDigest: UInt256 {
        var sponge = Keccak256()
        for position in 0..<40 {
            sponge.absorb(hexDigit(nibble(position)))
        }
        return sponge.finalize()
    }

    /// The same digest from the written digits. One bit makes letters lower-case and leaves digits as they are.
    private static func digest(ofDigits text: Span<UInt8>) -> UInt256 {
        var lanes = InlineArray<5, UInt64>(repeating: 0)
        for position in 0..<40 {
            lanes[position >> 3] |= UInt64(text[position] | 0x20) << UInt64((position & 7) << 3)
        }
        return Keccak256.hash(lanes: lanes)
    }

    private static func isUpper(_ position: Int, _ digest: UInt256) -> Bool {
        let byte = digest.byte(position >> 1)
        return (position & 1 == 0 ? byte >> 4 : byte & 0x0F) >= 8
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
