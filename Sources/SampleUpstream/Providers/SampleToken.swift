import Tokens

/// A token as a provider has indexed it: what its contract says, and what was found there.
struct SampleToken {
    enum Finding {
        case document([UInt8])
        /// Something that is no JSON object.
        case other([UInt8])
        case nonexistent
        /// The contract gives no URI that could be read.
        case noURI
        /// The URI leads to nothing, or to an error.
        case unreachable
    }

    let contract: any SampleContract
    let token: TokenIdentifier
    /// As the contract gave it.
    let uri: String?
    let finding: Finding

    /// The document, unless there is none.
    var document: [UInt8]? {
        if case .document(let document) = finding { document } else { nil }
    }
}

extension SampleInternet {
    /// A token of one of the contracts; `nil` when there is no such contract.
    func token(_ contract: String, _ token: String) -> SampleToken? {
        guard let address = try? ContractAddress(parsing: contract), let contract = chain.contracts[address],
            let token = try? TokenIdentifier(parsing: token)
        else { return nil }
        func found(_ finding: SampleToken.Finding, at uri: String? = nil) -> SampleToken {
            SampleToken(contract: contract, token: token, uri: uri, finding: finding)
        }
        switch contract.tokenURI(of: token) {
        case .text(let bytes):
            let uri = String(decoding: bytes, as: UTF8.self)
            return found(finding(at: uri, for: token), at: uri)
        case .nonexistent: return found(.nonexistent)
        case .refused, .raw: return found(.noURI)
        }
    }

    private func finding(at uri: String, for token: TokenIdentifier) -> SampleToken.Finding {
        let parsed = TokenURI(parsing: uri, for: token)
        if case .data(_, let bytes) = parsed { return Self.finding(bytes) }
        if case .unsupported = parsed { return .noURI }
        guard let url = parsed.url(ipfsGateway: baseURL, arweaveGateway: baseURL), url.hasPrefix(baseURL) else {
            return .unreachable
        }
        let path = String(url.dropFirst(baseURL.utf8.count))
        let resource = resource(at: UpstreamPath.isTransaction(path) ? "/ar\(path)" : path)
        return resource.status == 200 ? Self.finding(resource.body) : .unreachable
    }

    private static func finding(_ bytes: [UInt8]) -> SampleToken.Finding {
        guard let document = try? JSONDocument(validating: bytes), document.root.kind == .object else {
            return .other(bytes)
        }
        return .document(bytes)
    }
}
