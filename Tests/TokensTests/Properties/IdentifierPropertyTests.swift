import Testing
import Tokens

@Suite struct `Whatever a client calls a token` {
    private static let rounds: UInt64 = 5000

    @Test func `a number is read back as it was written`() throws {
        try Rounds.run(Self.rounds) { generator, seed in
            let digits = generator.text(of: "0123456789abcdef", 1...64)
            let token = try TokenIdentifier(parsing: "0x" + digits)
            #expect(try TokenIdentifier(parsing: token.decimal) == token, seed)
            #expect(try TokenIdentifier(parsing: "0x" + token.paddedHex) == token, seed)
            #expect(token.paddedHex.hasSuffix(digits), seed)
        }
    }

    @Test func `a text that is taken for a number has one canonical form, however long it was`() {
        Rounds.run(Self.rounds * 4) { generator, seed in
            let text = generator.text(of: "000111x29afAF+-. eé", 0...90)
            guard let token = try? TokenIdentifier(parsing: text) else { return }
            #expect(token.decimal.utf8.count <= 78, seed)
            #expect((try? TokenIdentifier(parsing: token.decimal)) == token, seed)
            #expect(token.decimal == "0" || !token.decimal.hasPrefix("0"), seed)
        }
    }

    @Test func `an address is read back as it was written, and not with a letter in the other case`() throws {
        try Rounds.run(Self.rounds) { generator, seed in
            let text = "0x" + generator.text(of: "0123456789abcdef", 40...40)
            let address = try ContractAddress(parsing: text)
            #expect(address.lowercase == text, seed)
            #expect(try ContractAddress(parsing: address.checksummed) == address, seed)
            var digits = Array(address.checksummed)
            guard
                let place = digits.indices.dropFirst(2).filter({ digits[$0].isLetter }).randomElement(using: &generator)
            else { return }
            let letter = digits[place]
            digits[place] = Character(letter.isUppercase ? letter.lowercased() : letter.uppercased())
            let other = String(digits)
            // In one case there is nothing to check.
            guard other.contains(where: \.isUppercase), other.dropFirst(2).contains(where: \.isLowercase) else {
                return
            }
            #expect(throws: IdentifierError.self, seed) { try ContractAddress(parsing: other) }
        }
    }

    @Test func `a text that is taken for an address has one canonical form`() {
        Rounds.run(Self.rounds) { generator, seed in
            let text = "0x" + generator.text(of: "0123456789abcdefABCDEF", 38...42)
            guard let address = try? ContractAddress(parsing: text) else { return }
            #expect(address.lowercase == text.lowercased(), seed)
        }
    }

    @Test func `an asset is read back as it was written`() throws {
        try Rounds.run(Self.rounds) { generator, seed in
            let reference = TokenReference(
                chain: ChainIdentifier(eip155: UInt64.random(in: 1...UInt64(UInt32.max), using: &generator)),
                contract: try ContractAddress(parsing: "0x" + generator.text(of: "0123456789abcdef", 40...40)),
                token: try TokenIdentifier(parsing: "0x" + generator.text(of: "0123456789abcdef", 1...64)))
            let asset = AssetIdentifier(reference: reference, standard: .erc1155)
            #expect(try AssetIdentifier(caip19: asset.description).reference == reference, seed)
            #expect(TokenReference(canonicalKey: reference.canonicalKey) == reference, seed)
        }
    }
}
