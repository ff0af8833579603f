import Tokens

/// A contract on a chain.
struct CollectionKey: Hashable, Sendable {
    let chain: ChainIdentifier
    let contract: ContractAddress

    init(chain: ChainIdentifier, contract: ContractAddress) {
        self.chain = chain
        self.contract = contract
    }

    /// `nil` for what the configuration's own checks have refused.
    init?(_ collection: Configuration.Collection, in configuration: Configuration) {
        guard let chain = configuration.chains.first(where: { $0.name == collection.chain })?.identifier,
            let contract = try? ContractAddress(parsing: collection.contract, on: chain)
        else { return nil }
        self.init(chain: chain, contract: contract)
    }
}

/// What the configuration says of single contracts, found by token.
struct CollectionTable<Value: Sendable>: Sendable {
    private let values: [CollectionKey: Value]

    private init(_ values: [CollectionKey: Value]) {
        self.values = values
    }

    subscript(reference: TokenReference) -> Value? {
        values.isEmpty ? nil : values[CollectionKey(chain: reference.chain, contract: reference.contract)]
    }

    func mapValues<Other: Sendable>(_ transform: (Value) -> Other) -> CollectionTable<Other> {
        CollectionTable<Other>(values.mapValues(transform))
    }
}

extension CollectionTable<Configuration.Collection> {
    init(_ configuration: Configuration) {
        let values = configuration.collections.compactMap { collection in
            CollectionKey(collection, in: configuration).map { ($0, collection) }
        }
        self.init(Dictionary(values) { first, _ in first })
    }
}

/// The configured chains by their identifiers.
struct ChainTable: Sendable {
    private let chains: [ChainIdentifier: Configuration.Chain]

    init(_ configuration: Configuration) {
        let pairs = configuration.chains.map { ($0.identifier, $0) }
        chains = Dictionary(pairs) { first, _ in first }
    }

    subscript(chain: ChainIdentifier) -> Configuration.Chain? { chains[chain] }

    /// What somebody calls the chains, by their identifiers.
    ///
    /// - Parameter names: by the names that the chains have in the configuration.
    func names(_ names: [String: String]) -> [ChainIdentifier: String] {
        chains.compactMapValues { names[$0.name] }
    }
}
