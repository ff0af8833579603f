import Tokens
import UpstreamFetching

/// A place to ask for a document, and how far to trust it.
struct ContentPlace: Sendable {
    /// A gateway serves what others serve too, so that its word alone proves nothing.
    struct Gateway: Sendable {
        let endpoint: Configuration.Endpoint
        let network: ContentNetwork
    }

    let url: String
    let trust: UpstreamRequest.Trust
    /// Secrets may be among them; they go to this place's origin and nowhere else.
    let fields: [UpstreamField]
    /// Nil for the only host that there is.
    let gateway: Gateway?
    /// What the bytes must agree with, when the URI names the content as a whole.
    let identifier: CID?

    /// Where a stranger's URL leads.
    init(host url: String) {
        self.url = url
        trust = .untrusted
        fields = []
        gateway = nil
        identifier = nil
    }

    /// Nil for what gateways do not serve.
    init?(_ uri: TokenURI, at endpoint: Configuration.Endpoint, of network: ContentNetwork) {
        guard let url = uri.url(ipfsGateway: endpoint.url, arweaveGateway: endpoint.url) else { return nil }
        self.url = url
        if case .arweaveName = uri {
            // A host below the gateway's that the URI chose: what the gateway is trusted with is not for it.
            trust = .untrusted
            fields = []
        } else {
            trust = .configured
            fields = endpoint.fields
        }
        gateway = Gateway(endpoint: endpoint, network: network)
        if case .ipfs(let identifier, let path) = uri, path.isEmpty || path == "/" {
            self.identifier = identifier
        } else {
            identifier = nil
        }
    }
}
