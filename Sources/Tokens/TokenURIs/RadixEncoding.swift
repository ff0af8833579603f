/// Encodings that write bytes as one big number in some base, leading zero bytes as leading zero digits.
struct RadixEncoding: Sendable {
    private let values: [UInt8: UInt8]
    private let base: UInt32
    private let zero: UInt8

    private init(alphabet: String) {
        let digits = Array(alphabet.utf8)
        values = Dictionary(uniqueKeysWithValues: digits.enumerated().map { ($1, UInt8($0)) })
        base = UInt32(digits.count)
        zero = digits[0]
    }

    /// Base 58 with Bitcoin's alphabet.
    static let base58 = RadixEncoding(alphabet: "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    /// Base 36 in lower case.
    static let base36 = RadixEncoding(alphabet: "0123456789abcdefghijklmnopqrstuvwxyz")

    /// Reads a text; nil for a character outside the alphabet. Takes time quadratic in the length.
    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var little: [UInt8] = []
        for character in text {
            guard let digit = values[character] else { return nil }
            var carry = UInt32(digit)
            for index in little.indices {
                carry += UInt32(little[index]) * base
                little[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            while carry > 0 {
                little.append(UInt8(truncatingIfNeeded: carry))
                carry >>= 8
            }
        }
        return text.prefix { $0 == zero }.map { _ in 0 } + little.reversed()
    }
}
