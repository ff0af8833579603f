import EventLoops
import HTTPCaching
import Tokens

/// What gateways are asked for.
struct ContentWish: Sendable {
    let uri: TokenURI
    /// The client's `Range`, when a part is wanted.
    let range: [UInt8]?
    /// What is stored and to be validated, of what can change.
    let stored: StoredHead?

    var network: ContentNetwork {
        switch uri {
        case .arweave, .arweaveName: .arweave
        case .ipfs, .ipns, .http, .data, .unsupported: .ipfs
        }
    }

    /// Whether the address determines the content for ever.
    var isImmutable: Bool { uri.isImmutable }

    /// The identifier that the whole content can be checked against.
    var identifier: CID? {
        guard range == nil, case .ipfs(let identifier, let path) = uri, path.isEmpty else { return nil }
        return identifier
    }

    /// The entity tag of content that cannot change: its address.
    var entityTag: String? {
        switch uri {
        case .ipfs(let identifier, let path): Self.tag(identifier.canonical, path)
        case .arweave(let identifier, let path): Self.tag(identifier, path)
        case .ipns, .arweaveName, .http, .data, .unsupported: nil
        }
    }

    private static func tag(_ identifier: String, _ path: String) -> String {
        path.isEmpty ? "\"\(identifier)\"" : "\"\(identifier).\(EntityDigest.text(Array(path.utf8)))\""
    }

    /// The path that names the content here and at gateways of IPFS.
    var path: String {
        switch uri {
        case .ipfs(let identifier, let path): "/ipfs/\(identifier.canonical)\(path)"
        case .ipns(let name, let path): "/ipns/\(name)\(path)"
        case .arweave(let identifier, let path): "/ar/\(identifier)\(path)"
        case .arweaveName, .http, .data, .unsupported: "/"
        }
    }

    /// The URL at a gateway.
    func url(at gateway: Configuration.Endpoint) -> String? {
        uri.url(ipfsGateway: gateway.url, arweaveGateway: gateway.url)
    }
}
