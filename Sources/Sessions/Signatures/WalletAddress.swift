public import Tokens

/// The address of whoever signs in: of a key, or of a contract that checks signatures.
public struct WalletAddress: Hashable, Sendable {
    /// The same address as one of a contract.
    public let contract: ContractAddress

    public init(_ contract: ContractAddress) {
        self.contract = contract
    }

    /// Reads `0x` and forty digits in the mixed case of EIP-55, and in no other.
    public init?(checksummed text: String) {
        guard let address = try? ContractAddress(parsing: text), address.checksummed == text else { return nil }
        contract = address
    }

    /// The address of 20 bytes; `nil` for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20, let address = try? ContractAddress(parsing: Array("0x".utf8) + Hex.digits(bytes))
        else {
            return nil
        }
        contract = address
    }

    public var bytes: [UInt8] { contract.bytes }

    /// `0x` and forty digits in lower case: the form in stores, and what upstreams are told.
    public var lowercase: String { contract.lowercase }

    /// `0x` and forty digits in the mixed case of EIP-55: the form for people.
    public var checksummed: String { contract.checksummed }
}

/// Bytes as two hexadecimal digits each.
public enum Hex {
    /// In lower case.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: digits(bytes), as: UTF8.self)
    }

    static func digits(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let alphabet = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 0x0F)]] }
    }

    /// The bytes that digits stand for; `nil` for anything but pairs of digits.
    ///
    /// - Parameter allowsCapitals: whether `A` is as good as `a`.
    public static func bytes(_ text: Substring, allowsCapitals: Bool = true) -> [UInt8]? {
        guard text.utf8.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = value(digit, allowsCapitals) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func value(_ digit: UInt8, _ allowsCapitals: Bool) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F") where allowsCapitals: digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
