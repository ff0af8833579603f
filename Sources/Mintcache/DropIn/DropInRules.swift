import EventLoops
import Tokens

/// What the drop-in paths go by: immutable, made anew on reload.
struct DropInRules: Sendable {
    let isAlchemyServed: Bool
    let isOpenSeaServed: Bool
    let keys: ClientKeys
    let networks: ChainNames
    let openSeaChains: ChainNames
    let gateways: GatewayList
    let renderer: AnswerRenderer
    /// Bytes of a request's body: more than a hundred tokens take.
    static let maximumBody = 256 * 1024

    init(_ configuration: Configuration) {
        let chosen = configuration.dropIn
        isAlchemyServed = chosen.isAlchemyServed
        isOpenSeaServed = chosen.isOpenSeaServed
        keys = ClientKeys(chosen.keys)
        networks = ChainNames(AlchemyNetworks.names, configuration.chains)
        openSeaChains = ChainNames(OpenSeaChains.names, configuration.chains)
        renderer = AnswerRenderer(configuration)
        gateways = GatewayList(configuration.gateways, for: renderer.media)
    }
}

/// The API keys that clients may use.
struct ClientKeys: Sendable {
    private let keys: [[UInt8]]

    /// Empty: every key is accepted, and none.
    init(_ keys: [String]) {
        self.keys = keys.map { Array($0.utf8) }
    }

    /// Whether not everybody is let in.
    var areNeeded: Bool { !keys.isEmpty }

    /// Takes the same time for every wrong key.
    func accept(_ key: String?) -> Bool {
        guard areNeeded else { return true }
        let key = Array((key ?? "").utf8)
        return keys.reduce(false) { isKnown, known in ConstantTime.equal(known, key) || isKnown }
    }
}

/// The configured chains by a provider's names for them, and by their own where the provider has none of that name.
struct ChainNames: Sendable {
    private let chains: [String: ChainIdentifier]

    init(_ names: [(name: String, chain: UInt64)], _ configured: [Configuration.Chain]) {
        let numbers = Set(configured.map(\.id))
        let theirs = names.filter { numbers.contains($0.chain) }.map { ($0.name, $0.chain) }
        let ours = configured.map { ($0.name, $0.id) }
        let taken = Set(names.map(\.name))
        let all = theirs + ours.filter { !taken.contains($0.0) }
        chains = Dictionary(all.map { ($0, ChainIdentifier(eip155: $1)) }) { first, _ in first }
    }

    subscript(name: String) -> ChainIdentifier? { chains[name] }

    /// All of them, for messages.
    var list: String { chains.keys.sorted().joined(separator: ", ") }
}

/// The gateways, as far as answers tell of them.
struct GatewayList: Sendable {
    /// Where the URLs in answers lead: to gateways that everybody may use.
    let media: MediaAddresses
    private let ipfsHosts: Set<String>
    private let arweaveHosts: Set<String>

    init(_ gateways: Configuration.Gateways, for media: MediaAddresses) {
        self.media = media
        ipfsHosts = Self.hosts(gateways.ipfs).union([ContentNetwork.ipfs.gateways])
        arweaveHosts = Self.hosts(gateways.arweave).union([ContentNetwork.arweave.gateways])
    }

    /// What a host that was asked serves; nil when it is no gateway.
    ///
    /// - Parameter host: as attempts name it, with its port.
    func network(of host: String) -> ContentNetwork? {
        if ipfsHosts.contains(host) { return .ipfs }
        return arweaveHosts.contains(host) ? .arweave : nil
    }

    private static func hosts(_ endpoints: [Configuration.Endpoint]) -> Set<String> {
        Set(endpoints.map { ResolutionTrace.host(of: $0.url) })
    }
}
