import HTTPServing
import Tokens

// What the admin API tells of one token.
extension AdminRoutes {
    /// - Parameter path: `{chain}/{contract}/{token_id}`.
    func explanation(of path: String) async throws(Problem) -> Response {
        Self.json(try await explainer.explanation(of: try reference(path)).document.bytes)
    }

    /// - Parameter path: `{chain}/{contract}/{token_id}`.
    func entries(of path: String) async throws(Problem) -> Response {
        Self.json(await board.holdings(of: try reference(path)).document.bytes)
    }

    /// - Parameter path: `{chain}/{contract}/{token_id}`, with `/metadata` or `/image` for these.
    func token(of path: String) async throws(Problem) -> Response {
        for representation in [TokenRepresentation.metadata, .image] where path.hasSuffix("/\(representation)") {
            let reference = try reference(String(path.dropLast("/\(representation)".count)))
            return try await dashboard.token(reference, as: representation)
        }
        return try await dashboard.token(try reference(path), as: .object)
    }

    private func reference(_ path: String) throws(Problem) -> TokenReference {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            throw .invalidRequest("A token is given as {chain}/{contract}/{token_id}.")
        }
        let chain = try chains().identifier(named: parts[0])
        let contract = try ChainDirectory.contract(parsing: parts[1], on: chain)
        do throws(IdentifierError) {
            return TokenReference(chain: chain, contract: contract, token: try TokenIdentifier(parsing: parts[2]))
        } catch {
            throw .invalidTokenIdentifier(error)
        }
    }
}
