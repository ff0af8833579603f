import Tokens

/// An ERC-721 collection that lives on the chain alone: its token URIs are `data:` URIs with everything inside.
struct Inkwell: SampleContract {
    static let count: UInt64 = 1000

    let address = WellKnownContracts.inkwell
    let name = "Inkwell"
    let symbol = "INKW"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = Self.count
    let contractURI: String? = nil

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64, number < Self.count else { return .nonexistent }
        return .uri("data:application/json;base64," + Base64.encode(Self.document(number)))
    }

    /// The metadata document of a token.
    static func document(_ number: UInt64) -> [UInt8] {
        var numbers = SeededGenerator(seed: number ^ 0x1A7B)
        let image = VectorImage.draw(seed: number, title: "Blot \(number)")
        let inks = ["Iron gall", "Sepia", "Indigo", "Walnut"]
        return TokenDocument(
            name: "Inkwell Blot #\(number)", description: "A blot of ink, drawn by the contract.",
            image: "data:image/svg+xml;base64," + Base64.encode(image),
            attributes: [
                .init("Ink", text: inks[numbers.below(inks.count)]),
                .init("Drops", number: 1 + numbers.below(9), displayType: "number"),
            ]
        ).json
    }
}
