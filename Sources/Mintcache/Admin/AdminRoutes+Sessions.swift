import HTTPServing
import Sessions
import Tokens

// What the admin API does to wallets' sessions.
extension AdminRoutes {
    /// `DELETE /admin/sessions/{wallet}`. Also while sessions are not enabled: Redis may keep some from before.
    ///
    /// - Parameter text: the wallet's address.
    func endSessions(of text: String, _ action: inout AdminAction?) async throws(Problem) -> Response {
        let wallet: WalletAddress
        do throws(IdentifierError) {
            wallet = WalletAddress(try ContractAddress(parsing: text))
        } catch {
            throw .invalidRequest("This is no wallet's address: \(error.detail).")
        }
        let ended = try await sessions.endAll(of: wallet, by: configuration().sessions.terms)
        action?.subject = "\(ended) sessions"
        return Self.json(
            JSONNode.object([("wallet_address", .string(wallet.checksummed)), ("ended", .integer(ended))]).bytes)
    }
}
