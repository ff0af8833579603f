import Testing
import Tokens

@Suite("Contract addresses")
struct ContractAddressTests {
    static let checksummed = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    ]

    @Test("of the EIP-55 vectors print with their checksum", arguments: checksummed)
    func vectors(address: String) throws {
        #expect(try ContractAddress(parsing: address).checksummed == address)
    }

    @Test("are one value in lower case, upper case and with a checksum", arguments: checksummed)
    func oneValue(address: String) throws {
        let parsed = try ContractAddress(parsing: address)
        #expect(try ContractAddress(parsing: address.lowercased()) == parsed)
        #expect(try ContractAddress(parsing: "0x" + address.dropFirst(2).uppercased()) == parsed)
        #expect(try ContractAddress(parsing: Array(address.utf8)) == parsed)
        #expect(try Array(address.utf8).withUnsafeBytes { try ContractAddress(ascii: $0) } == parsed)
        #expect(parsed.lowercase == address.lowercased())
        #expect(parsed.bytes == bytes(hex: String(address.dropFirst(2))))
    }

    @Test("with one letter in the wrong case are refused, with the right spelling as advice")
    func wrongChecksum() {
        let error = #expect(throws: IdentifierError.self) {
            try ContractAddress(parsing: "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
        }
        #expect(error?.detail.contains("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed") == true)
    }

    @Test(
        "that are not forty digits after 0x are refused",
        arguments: [
            "", "0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
            "1x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "vitalik.eth", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaé",
        ]
    )
    func malformed(address: String) {
        let error = #expect(throws: IdentifierError.self) { try ContractAddress(parsing: address) }
        guard case .invalidContract = error else {
            Issue.record("unexpected error \(String(describing: error))")
            return
        }
    }

    @Test("order as their bytes do")
    func order() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let pair = try (0..<2).map { _ in
                let value = UInt256(generator.next() % 3, generator.next() % 3, generator.next() % 3, 0)
                return try ContractAddress(parsing: "0x" + value.paddedHex.prefix(40))
            }
            #expect((pair[0] < pair[1]) == pair[0].bytes.lexicographicallyPrecedes(pair[1].bytes))
        }
    }
}

@Suite("Token identifiers")
struct TokenIdentifierTests {
    static let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"

    @Test(
        "are one value in decimal and hexadecimal",
        arguments: [
            ("0", "0x0"), ("1", "0x0001"), ("314592", "0x4CCE0"), ("314592", "0x4cce0"),
            ("18446744073709551616", "0x10000000000000000"),
            (largest, "0x" + String(repeating: "f", count: 64)),
        ]
    )
    func forms(decimal: String, hexadecimal: String) throws {
        let token = try TokenIdentifier(parsing: decimal)
        #expect(try TokenIdentifier(parsing: hexadecimal) == token)
        #expect(token.decimal == decimal)
        #expect(try Array(decimal.utf8).withUnsafeBytes { try TokenIdentifier(ascii: $0) } == token)
    }

    @Test("pad to the 64 digits of ERC-1155")
    func padding() {
        #expect(
            TokenIdentifier(314_592).paddedHex
                == "000000000000000000000000000000000000000000000000000000000004cce0"
        )
    }

    @Test(
        "in any other form are refused with advice",
        arguments: [
            ("", "empty"), ("-1", "sign"), ("+1", "sign"), ("1.0", "point"), ("1e3", "exponent"),
            ("007", "leading zeros"),
            ("00", "leading zeros"), ("0x", "digits after 0x"), ("0xg", "'g'"), ("1 ", "byte 0x20"), ("ff", "'f'"),
            (largest.dropLast() + "6", "2^256"), (String(repeating: "9", count: 500), "2^256"),
            ("0x" + String(repeating: "0", count: 65), "64 hexadecimal"), ("१", "byte 0xe0"),
        ]
    )
    func malformed(text: String, advice: String) {
        let error = #expect(throws: IdentifierError.self) { try TokenIdentifier(parsing: text) }
        guard case .invalidToken(let detail) = error else {
            Issue.record("unexpected error \(String(describing: error))")
            return
        }
        #expect(detail.contains(advice))
    }
}

@Suite("Chains, assets and keys")
struct ReferenceTests {
    @Test(
        "CAIP-2 identifiers survive a round trip",
        arguments: ["eip155:1", "eip155:11155111", "cosmos:Hub_3-x", "abc:A"])
    func chains(text: String) throws {
        #expect(try ChainIdentifier(caip2: text).description == text)
    }

    @Test("an EVM chain is its number")
    func chainNumber() throws {
        #expect(try ChainIdentifier(caip2: "eip155:137") == ChainIdentifier(eip155: 137))
        #expect(ChainIdentifier(eip155: 137).eip155Number == 137)
        #expect(try ChainIdentifier(caip2: "cosmos:1").eip155Number == nil)
    }

    @Test(
        "what is not CAIP-2 is refused",
        arguments: [
            "", ":", "eip155", "eip155:", "ab:1", "ninechars:1", "EIP155:1", "eip155:01", "eip155:0x1", "eip155:a",
            "eip155:1:2", "cosmos:" + String(repeating: "a", count: 33),
        ]
    )
    func malformedChains(text: String) {
        #expect(throws: IdentifierError.self) { try ChainIdentifier(caip2: text) }
    }

    @Test("CAIP-19 identifiers are read in any spelling and written in one")
    func assets() throws {
        let asset = try AssetIdentifier(caip19: "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/0xbc6b9")
        #expect(asset.standard == .erc721)
        #expect(asset.description == "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/771769")
        #expect(try AssetIdentifier(caip19: asset.description) == asset)
        #expect(asset.reference.caip19(as: .erc1155).hasPrefix("eip155:1/erc1155:0x"))
        #expect(try TokenReference(caip19: asset.description) == asset.reference)
    }

    @Test(
        "what is not a CAIP-19 token is refused",
        arguments: [
            "eip155:1", "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d",
            "eip155:1/erc20:0x06012c8cf97bead5deae237070f9587f8e7a266d/1",
            "eip155:1/erc7210x06012c8cf97bead5deae237070f9587f8e7a266d/1",
            "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1/2",
            "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/01",
            "eip155/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1", "//", "///", "",
        ]
    )
    func malformedAssets(text: String) {
        #expect(throws: IdentifierError.self) { try AssetIdentifier(caip19: text) }
    }

    @Test("canonical keys are of fixed size, keep the order and read back")
    func keys() throws {
        var generator = SeededGenerator(seed: 3)
        let references = (0..<300).map { _ in Self.random(&generator) }
        for reference in references {
            let key = reference.canonicalKey
            #expect(key.count == TokenReference.canonicalKeySize)
            #expect(TokenReference(canonicalKey: key) == reference)
        }
        for (left, right) in zip(references, references.dropFirst()) {
            #expect((left < right) == left.canonicalKey.lexicographicallyPrecedes(right.canonicalKey))
        }
    }

    @Test("bytes that are no canonical key are refused")
    func brokenKeys() throws {
        let key = try TokenReference.sample().canonicalKey
        #expect(TokenReference(canonicalKey: key.dropLast()) == nil)
        var holed = key
        holed[2] = 0
        #expect(TokenReference(canonicalKey: holed) == nil)
        #expect(TokenReference(canonicalKey: [UInt8](repeating: 0, count: key.count)) == nil)
    }

    static func random(_ generator: inout SeededGenerator) -> TokenReference {
        let digits = UInt256(generator.next() % 4, generator.next(), generator.next(), 0).paddedHex.prefix(40)
        guard let contract = try? ContractAddress(parsing: "0x" + digits) else {
            preconditionFailure("forty digits are an address")
        }
        let token = TokenIdentifier(UInt256(0, generator.next() % 2, generator.next() % 2, generator.next() % 4))
        return TokenReference(chain: ChainIdentifier(eip155: generator.next() % 12), contract: contract, token: token)
    }
}
