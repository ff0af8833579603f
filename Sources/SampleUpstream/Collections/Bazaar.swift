import Tokens

/// An ERC-1155 collection: one URI with `{id}` for all tokens, and `{id}` again in its documents.
struct Bazaar: SampleContract {
    static let count: UInt64 = 500

    let address = WellKnownContracts.bazaar
    let name = "Bazaar"
    let symbol = "BZR"
    let standard = TokenStandard.erc1155
    let totalSupply: UInt64? = nil
    let contractURI: String? = nil
    /// The URL under which `/web/bazaar` is reached.
    let root: String

    /// Answers for every number: whether a token exists cannot be told from `uri`.
    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        .uri("\(root)/{id}.json")
    }

    /// The metadata document of a token.
    func document(_ number: UInt64) -> [UInt8] {
        let wares = ["Lamp", "Carpet", "Kettle", "Astrolabe", "Spice", "Lute"]
        var numbers = SeededGenerator(seed: number ^ 0xBA2A)
        return TokenDocument(
            name: "\(wares[numbers.below(wares.count)]) of stall \(number)",
            description: "Sold in batches.", image: "\(root)/images/{id}.svg",
            attributes: [.init("Weight", number: 1 + numbers.below(90), displayType: "number")],
            extraMembers: [#""decimals":0"#, #""properties":{"stall":\#(number),"rarity":"common"}"#]
        ).json
    }

    /// `/web/bazaar`: `{id}.json` and `images/{id}.svg`, with the number in 64 hexadecimal digits.
    struct Site: ContentFolder {
        let collection: Bazaar

        func resource(named name: String) -> Resource? {
            if name.hasPrefix("images/") {
                guard let number = Self.number(name.dropFirst("images/".count), suffix: ".svg") else { return nil }
                let image = VectorImage.draw(seed: number, title: "Stall \(number)")
                return Resource(image, contentType: "image/svg+xml")
            }
            return Self.number(name[...], suffix: ".json").map { .json(collection.document($0)) }
        }

        private static func number(_ name: Substring, suffix: String) -> UInt64? {
            guard name.hasSuffix(suffix) else { return nil }
            let digits = name.dropLast(suffix.count)
            guard digits.count == 64, let number = UInt64(digits, radix: 16), number > 0, number <= Bazaar.count
            else { return nil }
            return TokenIdentifier(number).paddedHex == digits ? number : nil
        }
    }
}
