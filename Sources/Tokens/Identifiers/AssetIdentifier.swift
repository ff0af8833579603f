/// A token together with its standard, as CAIP-19 writes it: `eip155:1/erc721:0x…/1` (CAIP-22, CAIP-29).
public struct AssetIdentifier: Hashable, Sendable {
    public let reference: TokenReference
    public let standard: TokenStandard

    public init(reference: TokenReference, standard: TokenStandard) {
        self.reference = reference
        self.standard = standard
    }

    /// Parses a CAIP-19 identifier.
    ///
    /// - Throws: ``IdentifierError``, of the kind of the part that is wrong.
    public init(caip19: String) throws(IdentifierError) {
        let bytes = Array(caip19.utf8)
        try self.init(caip19: bytes.span)
    }

    /// Parses a CAIP-19 identifier in place; allocates only to report an error.
    ///
    /// - Throws: ``IdentifierError``, of the kind of the part that is wrong.
    public init(caip19 text: Span<UInt8>) throws(IdentifierError) {
        guard let (first, second) = Self.slashes(in: text) else {
            throw .invalidAsset(detail: "a CAIP-19 token has the form eip155:1/erc721:0x…/1")
        }
        let chain = try ChainIdentifier(caip2: text.extracting(0..<first))
        let (standard, address) = try Self.standard(in: text, from: first + 1, to: second)
        reference = TokenReference(
            chain: chain,
            contract: try ContractAddress(ascii: text.extracting(address..<second), on: chain),
            token: try TokenIdentifier(ascii: text.extracting((second + 1)...))
        )
        self.standard = standard
    }

    /// The positions of the two separators; nil when there are fewer or more.
    private static func slashes(in text: Span<UInt8>) -> (Int, Int)? {
        var first: Int?
        var second: Int?
        for index in text.indices where text[index] == UInt8(ascii: "/") {
            guard second == nil else { return nil }
            if first == nil { first = index } else { second = index }
        }
        guard let first, let second else { return nil }
        return (first, second)
    }

    /// The standard named between two positions, and where the address after it begins.
    private static func standard(
        in text: Span<UInt8>, from start: Int, to end: Int
    ) throws(IdentifierError) -> (TokenStandard, Int) {
        for standard in TokenStandard.allCases where hasPrefix(text, from: start, to: end, standard.rawValue) {
            let colon = start + standard.rawValue.utf8.count
            if colon < end, text[colon] == UInt8(ascii: ":") { return (standard, colon + 1) }
        }
        throw .invalidAsset(detail: "the asset namespace is erc721 or erc1155, followed by ':' and the contract")
    }

    private static func hasPrefix(_ text: Span<UInt8>, from start: Int, to end: Int, _ prefix: String) -> Bool {
        var index = start
        for byte in prefix.utf8 {
            guard index < end, text[index] == byte else { return false }
            index += 1
        }
        return true
    }
}

extension AssetIdentifier: CustomStringConvertible {
    /// The CAIP-19 form with the lower-case address and decimal number.
    public var description: String {
        var text: [UInt8] = []
        reference.chain.append(to: &text)
        text.append(UInt8(ascii: "/"))
        text.append(contentsOf: standard.rawValue.utf8)
        text.append(UInt8(ascii: ":"))
        reference.contract.appendLowercase(to: &text)
        text.append(UInt8(ascii: "/"))
        reference.token.value.appendDecimal(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
