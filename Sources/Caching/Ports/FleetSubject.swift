public import Tokens

/// What one instance fetches for all.
public enum FleetSubject: Sendable, Hashable {
    case token(TokenReference)
    /// What a contract says about itself.
    case contract(ChainIdentifier, ContractAddress)
}

extension FleetSubject: CustomStringConvertible {
    /// Such as `eip155:1/0x…/7`, or without the number for a contract.
    public var description: String {
        switch self {
        case .token(let reference): reference.description
        case .contract(let chain, let contract): "\(chain)/\(contract.lowercase)"
        }
    }
}
