import Tokens

/// An ERC-721 collection in which every token is broken, each in its own way: see ``EmberCase``.
struct Ember: SampleContract {
    let address = WellKnownContracts.ember
    let name = "Ember"
    let symbol = "EMBR"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = UInt64(EmberCase.allCases.count)
    let contractURI: String? = nil
    /// The URL under which `/web/ember` is reached.
    let root: String

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64, let ember = EmberCase(rawValue: number) else { return .nonexistent }
        return switch EmberBehaviour(of: ember, root: root) {
        case .contract(let answer): answer
        case .site: .uri("\(root)/\(number)")
        }
    }

    /// `/web/ember`: what the URIs with that root lead to.
    struct Site: ContentFolder {
        let root: String

        func resource(named name: String) -> Resource? {
            switch name {
            case "loop": return .redirect(to: "\(root)/\(EmberCase.redirectLoop.rawValue)")
            case "good": return .json(EmberDocuments.good)
            case _: break
            }
            guard let number = UInt64(name), let ember = EmberCase(rawValue: number) else { return nil }
            return switch EmberBehaviour(of: ember, root: root) {
            case .contract: nil
            case .site(let resource): resource()
            }
        }
    }
}
