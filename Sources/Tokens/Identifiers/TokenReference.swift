/// Which token: chain, contract and number. The identity of a cache entry, however the token was asked for.
///
/// A plain value of 96 bytes without indirection: copying it costs no reference count.
public struct TokenReference: Hashable, Sendable {
    public let chain: ChainIdentifier
    public let contract: ContractAddress
    public let token: TokenIdentifier

    @inlinable
    public init(chain: ChainIdentifier, contract: ContractAddress, token: TokenIdentifier) {
        self.chain = chain
        self.contract = contract
        self.token = token
    }

    /// Parses a CAIP-19 identifier of a token, forgetting the standard it names.
    ///
    /// - Throws: ``IdentifierError``, of the kind of the part that is wrong.
    public init(caip19: String) throws(IdentifierError) {
        self = try AssetIdentifier(caip19: caip19).reference
    }

    /// The CAIP-19 form with the lower-case address, such as `eip155:1/erc721:0x…/1`.
    public func caip19(as standard: TokenStandard) -> String {
        AssetIdentifier(reference: self, standard: standard).description
    }
}

extension TokenReference: Comparable {
    /// Orders by chain, contract, then number.
    public static func < (left: Self, right: Self) -> Bool {
        if left.chain != right.chain { return left.chain < right.chain }
        if left.contract != right.contract { return left.contract < right.contract }
        return left.token < right.token
    }
}

extension TokenReference: CustomStringConvertible {
    /// `chain/contract/token` in canonical forms, such as `eip155:1/0x…/1`.
    public var description: String {
        var text: [UInt8] = []
        chain.append(to: &text)
        text.append(UInt8(ascii: "/"))
        contract.appendLowercase(to: &text)
        text.append(UInt8(ascii: "/"))
        token.value.appendDecimal(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

extension TokenReference {
    /// Bytes of the canonical key: namespace 8, reference 32, address 20, token 32.
    public static let canonicalKeySize = 92

    /// The canonical key: equal for equal tokens, of fixed size, ordered as the tokens are.
    public var canonicalKey: [UInt8] {
        var key = [UInt8](repeating: 0, count: Self.canonicalKeySize)
        // Safe: the buffer is as long as the key and used only within the call.
        key.withUnsafeMutableBytes { writeCanonicalKey(into: $0) }
        return key
    }

    /// Writes the canonical key to the beginning of a buffer of at least ``canonicalKeySize`` bytes.
    ///
    /// Allocates nothing.
    public func writeCanonicalKey(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= Self.canonicalKeySize, "the buffer is too small for a token's key")
        var offset = 0
        func write(_ word: some FixedWidthInteger & BitwiseCopyable) {
            // Safe: the size checked above covers all words, and storeBytes needs no alignment.
            buffer.storeBytes(of: word.bigEndian, toByteOffset: offset, as: type(of: word))
            offset += word.bitWidth / 8
        }
        func write(_ value: UInt256) {
            write(value.word0)
            write(value.word1)
            write(value.word2)
            write(value.word3)
        }
        write(chain.namespace)
        write(chain.reference)
        write(contract.high)
        write(contract.middle)
        write(contract.low)
        write(token.value)
    }

    /// Reads a canonical key back; nil when the bytes are not one.
    public init?(canonicalKey key: [UInt8]) {
        guard key.count == Self.canonicalKeySize else { return nil }
        let text = Self.trimmed(key[0..<8]) + ":".utf8 + Self.trimmed(key[8..<40])
        guard let chain = try? ChainIdentifier(caip2: text.span) else { return nil }
        let address = UInt256(bigEndian: key.span, at: 28)
        self.init(
            chain: chain,
            contract: ContractAddress(
                high: address.word1 << 32 | address.word2 >> 32,
                middle: address.word2 << 32 | address.word3 >> 32,
                low: UInt32(truncatingIfNeeded: address.word3)
            ),
            token: TokenIdentifier(UInt256(bigEndian: key.span, at: 60))
        )
    }

    /// The bytes up to the padding; padding in the middle stays and fails the chain's grammar.
    private static func trimmed(_ padded: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array(padded)
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }
}
