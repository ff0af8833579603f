/// What a contract says about itself.
public struct ContractFacts: Sendable, Equatable {
    public var chain: ChainIdentifier
    public var contract: ContractAddress
    public var standard: TokenStandard?
    /// `name()` and `symbol()`, which a contract may lack.
    public var name: String?
    public var symbol: String?
    /// `totalSupply()`.
    public var totalSupply: UInt256?
    /// `contractURI()` of ERC-7572, as the contract gives it.
    public var contractURI: String?

    public init(chain: ChainIdentifier, contract: ContractAddress) {
        self.chain = chain
        self.contract = contract
    }

    /// Whether the contract says nothing at all: there is none, or it is about something else than tokens.
    public var isEmpty: Bool {
        standard == nil && name == nil && symbol == nil && totalSupply == nil && contractURI == nil
    }
}
