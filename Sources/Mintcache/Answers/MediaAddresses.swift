import Tokens

/// Where clients find what tokens are shown by.
struct MediaAddresses: Sendable {
    /// Base URLs of gateways that everybody may use.
    var ipfsGateway: String
    var arweaveGateway: String
    /// How clients reach this proxy, without a slash at the end; `nil` when nothing leads here.
    var publicURL: String?
    /// What is served here by its address.
    var content = ContentKinds()

    /// The URL of a token's image; `nil` for one that has none, such as an inline one.
    ///
    /// Images come from here where that is possible: they are cached, checked and never run. Everything else does not:
    /// a page that is to move must be run by somebody.
    func imageURL(of uri: TokenURI) -> String? {
        if let publicURL, isServedHere(uri) {
            return uri.url(ipfsGateway: publicURL, arweaveGateway: publicURL + "/ar")
        }
        return url(of: uri)
    }

    /// A query would be refused here, and gateways make nothing of one.
    private func isServedHere(_ uri: TokenURI) -> Bool {
        switch uri {
        case .ipfs(_, let path): content.ipfs && !path.contains("?")
        case .ipns(_, let path): content.ipns && !path.contains("?")
        case .arweave(_, let path): content.arweave && !path.contains("?")
        case .arweaveName, .http, .data, .unsupported: false
        }
    }

    private func url(of uri: TokenURI) -> String? {
        uri.url(ipfsGateway: ipfsGateway, arweaveGateway: arweaveGateway)
    }

    func links(for reference: TokenReference) -> MediaLinks {
        let path = "\(reference.chain)/\(reference.contract.lowercase)/\(reference.token.decimal)/image"
        return MediaLinks(
            image: imageURL, animation: url(of:), inlineImage: publicURL.map { "\($0)/v1/\(path)" })
    }
}

/// Kinds of content that are served by their addresses.
struct ContentKinds: Sendable, Hashable {
    var ipfs = false
    var ipns = false
    var arweave = false
}
