import Tokens

/// A contract made of the corpus entries that name it.
struct CorpusContract: SampleContract {
    let address: ContractAddress
    let name = "Corpus"
    let symbol = "CRPS"
    let standard: TokenStandard
    let totalSupply: UInt64? = nil
    let contractURI: String? = nil
    private let tokenURIs: [TokenIdentifier: [UInt8]]

    /// `entries` all name the contract `address`.
    init(address: ContractAddress, entries: [CorpusEntry]) {
        self.address = address
        standard = entries.first?.standard ?? .erc721
        tokenURIs = Dictionary(entries.map { ($0.token, $0.tokenURI) }) { first, _ in first }
    }

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        tokenURIs[token].map { .text($0) } ?? .nonexistent
    }
}

extension Corpus {
    var contracts: [any SampleContract] {
        Dictionary(grouping: entries, by: \.contract).map { CorpusContract(address: $0, entries: $1) }
    }

    /// The documents, by their path below the gateway.
    var folders: [String: any ContentFolder] {
        let documents = entries.filter { $0.kind == .metadata }
        return Dictionary(documents.map { ($0.path, SingleFile(resource: .json($0.bytes))) }) { first, _ in first }
    }
}
