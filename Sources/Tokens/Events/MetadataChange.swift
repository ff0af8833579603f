/// What an event says has changed.
public enum MetadataChange: Hashable, Sendable {
    /// The metadata of tokens of a contract.
    case tokens(ContractAddress, TokenRange)
    /// What the contract says about itself.
    case contract(ContractAddress)

    public var contract: ContractAddress {
        switch self {
        case .tokens(let contract, _), .contract(let contract): contract
        }
    }
}

extension MetadataEvent {
    /// The most that any of the arguments read here lies from the beginning of the data.
    static let dataLimit = 2 * 32

    /// Reads what a log says; nil when its arguments are not there.
    ///
    /// ERC-4906 does not index its arguments, ERC-1155 indexes the token. Contracts that do it the other way round are
    /// understood, too: what is not among the topics is looked for in the data.
    ///
    /// - Parameters:
    ///   - topics: after the first one.
    ///   - data: the first ``dataLimit`` bytes, or fewer when there are fewer.
    func change(by contract: ContractAddress, topics: [UInt256], data: [UInt8]) -> MetadataChange? {
        let words = stride(from: 0, to: data.count - 31, by: 32).map { UInt256(bigEndian: data.span, at: $0) }
        switch self {
        case .metadataUpdate:
            guard let token = topics.first ?? words.first else { return nil }
            return .tokens(contract, TokenRange(TokenIdentifier(token)))
        case .batchMetadataUpdate:
            let bounds = topics + words
            guard bounds.count >= 2 else { return nil }
            return .tokens(contract, TokenRange(TokenIdentifier(bounds[0]), TokenIdentifier(bounds[1])))
        case .uri:
            // Not indexed, the number comes after the place of the text.
            guard let token = topics.first ?? (words.count == 2 ? words[1] : nil) else { return nil }
            return .tokens(contract, TokenRange(TokenIdentifier(token)))
        case .contractURIUpdated, .contractURIReplaced:
            return .contract(contract)
        }
    }
}
