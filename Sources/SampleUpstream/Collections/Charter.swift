import Tokens

/// A contract of ``CharterCase``.
struct Charter: SampleContract {
    let charter: CharterCase
    /// The URL under which `/web/charter` is reached.
    let root: String

    var address: ContractAddress { charter.address }
    var name: String { "Charter \(charter.rawValue)" }
    var symbol: String { "CHTR" }
    var standard: TokenStandard { charter == .complete ? .erc1155 : .erc721 }
    var totalSupply: UInt64? { 3 }

    var contractURI: String? {
        switch charter {
        case .inline: "data:application/json;utf8,{\"name\":\"Inline charter\",\"image\":\"ipfs://\(Self.picture)\"}"
        case .shortText, .brokenText, .silent, .yes, .mute, .hostile: nil
        case .complete, .lost, .garbled: "\(root)/\(charter.rawValue).json"
        }
    }

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer { .nonexistent }

    func answer(to function: ContractFunction) -> CallResult? {
        switch (charter, function) {
        case (.yes, _): .returned(ABIEncoding.word(1))
        case (.mute, _): .unknownFunction
        case (.silent, .supportsInterface): nil
        case (.silent, _): .unknownFunction
        case (.complete, .name): .unknownFunction
        case (.shortText, .name): .returned(Self.short("Maker"))
        case (.shortText, .symbol): .returned(Self.short("MKR"))
        case (.brokenText, .name): .returned(ABIEncoding.string([0x41, 0xFF, 0x00, 0x42]))
        case (.brokenText, .symbol): .returned(ABIEncoding.string([]))
        case (.hostile, .name): .returned(ABIEncoding.word(.max) + ABIEncoding.word(.max))
        case (.hostile, .totalSupply): .returned([UInt8](repeating: 7, count: 16))
        case _: nil
        }
    }

    private static let picture = ContentIdentifier.directory(named: "Charter pictures")

    /// `bytes32` with text at its beginning.
    private static func short(_ text: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: 32 - text.utf8.count)
    }

    /// `/web/charter`: what the URIs with that root lead to.
    struct Site: ContentFolder {
        func resource(named name: String) -> Resource? {
            switch name {
            case "\(CharterCase.complete.rawValue).json": .json(Array(Self.complete.utf8))
            case "\(CharterCase.garbled.rawValue).json": Resource("<html>gone</html>", contentType: "text/html")
            case _: nil
            }
        }

        private static let complete = """
            {"name":"The complete charter","symbol":"FULL","description":"Everything there is to say.",
             "image":"ipfs://\(picture)/logo.png","banner_image_url":"ar://\(ContentIdentifier.transaction(named: "Charter"))",
             "featured_image":"https://charter.example/featured.png","external_url":"https://charter.example/",
             "collaborators":["0xccAF9855650Ffe6522992BFf52E420D656ABe29a","vitalik.eth",7],
             "seller_fee_basis_points":1e2,"name":"The complete charter, as amended"}
            """
    }
}
