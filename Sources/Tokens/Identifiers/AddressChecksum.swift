/// How the case of its letters checks a written address.
enum AddressChecksum {
    /// By the digest of the digits (EIP-55).
    case digits
    /// By the digest of the chain's number and the digits (EIP-1191), on the chains that adopted it.
    case chainAndDigits(StaticString)

    /// Rootstock's networks are the only ones in EIP-1191's list of adopters.
    private static let rootstock = ChainIdentifier(eip155: 30)
    private static let rootstockTest = ChainIdentifier(eip155: 31)

    init(on chain: ChainIdentifier?) {
        switch chain {
        case Self.rootstock: self = .chainAndDigits("30")
        case Self.rootstockTest: self = .chainAndDigits("31")
        case _: self = .digits
        }
    }

    /// The standard's name, for messages.
    var name: String {
        switch self {
        case .digits: "EIP-55"
        case .chainAndDigits(let number): "EIP-1191 with chain id \(number)"
        }
    }

    /// Which of forty hexadecimal digits, given in either case, are written in upper case if they are letters.
    func upperCase(ofDigits text: Span<UInt8>) -> UpperCase {
        switch self {
        case .digits:
            // One bit makes letters lower-case and leaves digits as they are.
            var lanes = InlineArray<5, UInt64>(repeating: 0)
            for position in 0..<40 {
                lanes[position >> 3] |= UInt64(text[position] | 0x20) << UInt64((position & 7) << 3)
            }
            return UpperCase(digest: Keccak256.hash(lanes: lanes))
        case .chainAndDigits(let number):
            var sponge = Keccak256()
            number.withUTF8Buffer { for byte in $0 { sponge.absorb(byte) } }
            sponge.absorb(UInt8(ascii: "0"))
            sponge.absorb(UInt8(ascii: "x"))
            for position in 0..<40 { sponge.absorb(text[position] | 0x20) }
            return UpperCase(digest: sponge.finalize())
        }
    }

    /// The positions of upper-case letters, by the nibbles of a digest.
    struct UpperCase {
        fileprivate let digest: UInt256

        func contains(_ position: Int) -> Bool {
            let byte = digest.byte(position >> 1)
            return (position & 1 == 0 ? byte >> 4 : byte & 0x0F) >= 8
        }
    }
}
