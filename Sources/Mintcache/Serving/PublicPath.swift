import HTTPServing
import Tokens

/// A path that the proxy answers itself, taken apart: what it names, by its shape alone.
struct PublicPath {
    enum Resource: Equatable {
        case token(TokenRepresentation)
        case refresh
        case contract
        case batch
        case liveness
        case readiness
    }

    let resource: Resource
    /// Chain, contract and token, as far as the resource has them, as the client wrote them.
    private let parts: [String]

    /// `nil` when nothing has a path of this shape.
    ///
    /// - Parameter path: in its plain spelling: see ``CanonicalPath``.
    init?(_ path: String) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard !segments.contains("") else { return nil }
        switch (segments.count, segments.first) {
        case (1, "healthz"): resource = .liveness
        case (1, "readyz"): resource = .readiness
        case (2, "v1") where segments[1] == "batch": resource = .batch
        case (3, "v1"): resource = .contract
        case (4, "v1"): resource = .token(.object)
        case (5, "v1") where segments[4] == "metadata": resource = .token(.metadata)
        case (5, "v1") where segments[4] == "image": resource = .token(.image)
        case (5, "v1") where segments[4] == "refresh": resource = .refresh
        case _: return nil
        }
        parts = Array(segments.dropFirst().prefix(3))
    }

    /// What `Allow` says.
    var methods: String {
        switch resource {
        case .token, .contract, .liveness, .readiness: "GET, HEAD, OPTIONS"
        case .refresh, .batch: "POST, OPTIONS"
        }
    }

    /// Whether a method other than OPTIONS is among them.
    func allows(_ method: RequestMethod) -> Bool {
        switch resource {
        case .token, .contract, .liveness, .readiness: method == .get || method == .head
        case .refresh, .batch: method == .post
        }
    }

    /// Whether query parameters do no harm: those of probes reach no answer.
    var ignoresQuery: Bool { resource == .liveness || resource == .readiness }

    /// The token that the path names.
    func reference(in chains: ChainDirectory) throws(Problem) -> TokenReference {
        let collection = try collection(in: chains)
        let token: TokenIdentifier
        do throws(IdentifierError) {
            token = try TokenIdentifier(parsing: parts[2])
        } catch {
            throw .invalidTokenIdentifier(error)
        }
        return TokenReference(chain: collection.chain, contract: collection.contract, token: token)
    }

    /// The contract that the path names, or whose token it does.
    func collection(in chains: ChainDirectory) throws(Problem) -> CollectionKey {
        let chain = try chains.identifier(named: parts[0])
        return CollectionKey(chain: chain, contract: try ChainDirectory.contract(parsing: parts[1], on: chain))
    }
}
