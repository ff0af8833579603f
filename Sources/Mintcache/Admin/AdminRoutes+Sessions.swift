import HTTPServing
import Sessions
import Tokens

// What the admin API does to wallets' sessions.
extension AdminRoutes {
    /// `DELETE /admin/sessions/{wallet}`. Also while sessions are not enabled: Redis may keep some from before.
    ///
    /// - Parameter text: the wallet's address.
    func endSessions(of text: String, _ action: inout AdminAction?) async throws(Problem) -> Response {
        guard let address = try? ContractAddress(parsing: text) else {
            throw .invalidRequest("A wallet is given by its address: 0x and 40 hexadecimal digits.")
        }
        let wallet = WalletAddress(address)
        let ended = try await sessions.endAll(of: wallet, by: configuration().sessions.terms)
        action?.subject = "\(ended) sessions"
        return Self.json(
            JSONNode.object([("wallet_address", .string(wallet.checksummed)), ("ended", .integer(ended))]).bytes)
    }
}
