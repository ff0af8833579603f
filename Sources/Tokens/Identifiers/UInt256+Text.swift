extension UInt256 {
    /// 10^19, the largest power of ten in one word, so that decimal conversion works nineteen digits at a time.
    private static let decimalChunk: UInt64 = 10_000_000_000_000_000_000
    private static let digitsPerChunk = 19

    /// Reads decimal digits only, without sign or separators; nil for an empty text, another character or a
    /// value above 2^256 − 1.
    public init?(decimalDigits text: Span<UInt8>) {
        guard !text.isEmpty else { return nil }
        var value = UInt256.zero
        var chunk: UInt64 = 0
        var scale: UInt64 = 1
        for index in text.indices {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            chunk = chunk * 10 + UInt64(digit)
            scale *= 10
            if scale == Self.decimalChunk || index == text.count - 1 {
                guard let next = value.multiplied(by: scale, adding: chunk) else { return nil }
                value = next
                chunk = 0
                scale = 1
            }
        }
        self = value
    }

    /// Reads one to 64 hexadecimal digits of either case, without a prefix.
    public init?(hexDigits text: Span<UInt8>) {
        guard !text.isEmpty, text.count <= 64 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for index in text.indices {
            guard let digit = hexValue(text[index]) else { return nil }
            words.0 = words.0 << 4 | words.1 >> 60
            words.1 = words.1 << 4 | words.2 >> 60
            words.2 = words.2 << 4 | words.3 >> 60
            words.3 = words.3 << 4 | UInt64(digit)
        }
        self.init(words.0, words.1, words.2, words.3)
    }

    /// The decimal digits, without leading zeros.
    public var decimal: String {
        var text: [UInt8] = []
        appendDecimal(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the decimal digits, without leading zeros.
    public func appendDecimal(to output: inout [UInt8]) {
        let start = output.count
        var rest = self
        repeat {
            let (quotient, remainder) = rest.divided(by: Self.decimalChunk)
            var chunk = remainder
            var digits = 0
            while quotient == .zero ? chunk > 0 : digits < Self.digitsPerChunk {
                output.append(UInt8(chunk % 10) + 0x30)
                chunk /= 10
                digits += 1
            }
            rest = quotient
        } while rest != .zero
        if output.count == start { output.append(0x30) }
        output[start...].reverse()
    }

    /// 64 lower-case hexadecimal digits without a prefix.
    public var paddedHex: String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        appendPaddedHex(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads ``paddedHex``: exactly 64 hexadecimal digits.
    public init?(paddedHex text: some StringProtocol) {
        guard text.utf8.count == 64 else { return nil }
        self.init(hexDigits: Array(text.utf8).span)
    }

    /// Appends 64 lower-case hexadecimal digits without a prefix.
    public func appendPaddedHex(to output: inout [UInt8]) {
        for position in 0..<32 {
            let byte = byte(position)
            output.append(hexDigit(byte >> 4))
            output.append(hexDigit(byte))
        }
    }

    /// Appends lower-case hexadecimal digits without a prefix or leading zeros.
    public func appendHex(to output: inout [UInt8]) {
        var digits: [UInt8] = []
        appendPaddedHex(to: &digits)
        let significant = digits.drop { $0 == 0x30 }
        output.append(contentsOf: significant.isEmpty ? [0x30] : significant)
    }
}
