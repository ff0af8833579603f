import HTTPServing
import Tokens

/// OpenSea's API v2.
extension PublicHandler {
    func answerOpenSea(_ reply: DropInReply) throws(DropInRefusal) {
        let request = reply.exchange.request
        let dropIn = rules.dropIn
        guard dropIn.keys.accept(request.value(of: "x-api-key")) else {
            throw DropInRefusal(401, "The API key in X-API-KEY is missing or not valid here.")
        }
        guard let path = OpenSeaPath(request.path) else {
            throw DropInRefusal(
                404, "Served here is /opensea/api/v2/chain/{chain}/contract/{address}/nfts/{identifier}, and …/refresh."
            )
        }
        let isRightMethod =
            path.isRefresh ? request.method == .post : request.method == .get || request.method == .head
        guard isRightMethod else { throw .method(allowed: path.allowed) }
        guard let chain = dropIn.openSeaChains[path.chain] else {
            throw DropInRefusal(400, "There is no chain of this name here; served are \(dropIn.openSeaChains.list).")
        }
        let reference: TokenReference
        do throws(IdentifierError) {
            reference = TokenReference(
                chain: chain, contract: try ContractAddress(parsing: path.contract, on: chain),
                token: try TokenIdentifier(parsing: path.token))
        } catch {
            throw DropInRefusal(400, "\(error).")
        }
        if path.isRefresh {
            // Whatever is in it: the connection goes on.
            withBody(reply) { handler, _ in
                handler.later(reply) { tokens in await tokens.openSeaRefresh(reference) }
            }
        } else {
            answer(reference, TokenWish(), reply)
        }
    }
}
