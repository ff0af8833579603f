import Tokens

/// A contract that both `tokenURI` and `uri` may be asked of, and that claims what it likes.
struct Hybrid: SampleContract {
    enum Claims: Sendable {
        case neither
        case erc1155
        case both
        case everything
    }

    let name: String
    let address: ContractAddress
    let claims: Claims
    /// Which of the two functions there are.
    let functions: Set<ContractFunction>
    /// The URL under which `/web/hybrids` is reached.
    let root: String

    let symbol = "HYB"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = nil
    let contractURI: String? = nil

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        .uri("\(root)/erc721-\(token.decimal)")
    }

    func run(_ call: ReceivedCall) -> CallResult {
        switch call.function {
        case .tokenURI?, .uri?:
            guard let function = call.function, functions.contains(function), let token = call.token else {
                return .unknownFunction
            }
            let standard = function == .uri ? "erc1155" : "erc721"
            return .returned(ABIEncoding.string("\(root)/\(standard)-\(token.decimal)".utf8))
        case .supportsInterface?:
            return supports(Array(call.argument.prefix(4))).map { .returned(ABIEncoding.boolean($0)) }
                ?? .unknownFunction
        case _:
            return standardResult(of: call)
        }
    }

    /// Nil for a contract without ERC-165.
    private func supports(_ interface: [UInt8]) -> Bool? {
        let isERC721 = interface == [0x80, 0xAC, 0x58, 0xCD]
        let isERC1155 = interface == [0xD9, 0xB6, 0x7A, 0x26]
        return switch claims {
        case .neither: nil
        case .erc1155: isERC1155
        case .both: isERC721 || isERC1155
        case .everything: true
        }
    }

    /// `/web/hybrids`: a document for every name, which tells the function it was found by.
    struct Site: ContentFolder {
        func resource(named name: String) -> Resource? {
            name.isEmpty ? nil : .json(Array(#"{"name":"\#(name)"}"#.utf8))
        }
    }
}

/// The contract that keeps CryptoPunks' attributes and pictures.
struct PunkData: SampleContract {
    let address = WellKnownContracts.punkData
    let name = "CryptoPunks' data"
    let symbol = ""
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = nil
    let contractURI: String? = nil

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer { .nonexistent }

    func run(_ call: ReceivedCall) -> CallResult {
        switch call.function {
        case .punkAttributes?: return .returned(ABIEncoding.string("Male 2, Earring, Blonde Bob".utf8))
        case .punkImage?:
            let image = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path fill=\"#638596\" d=\"M0 0h24v24\"/></svg>"
            return .returned(ABIEncoding.string("data:image/svg+xml;utf8,\(image)".utf8))
        case _: return .unknownFunction
        }
    }
}
