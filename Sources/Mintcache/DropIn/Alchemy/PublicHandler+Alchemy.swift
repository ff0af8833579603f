import HTTPServing
import Tokens

/// Alchemy's NFT API v3.
extension PublicHandler {
    func answerAlchemy(_ reply: DropInReply) throws(DropInRefusal) {
        let request = reply.exchange.request
        let dropIn = rules.dropIn
        guard let path = AlchemyPath(request.path) else {
            throw DropInRefusal(404, "Served here is /alchemy/{network}/nft/v3/{key}/{call}.")
        }
        guard dropIn.keys.accept(path.key) else { throw DropInRefusal(401, "Must be authenticated!") }
        guard let chain = dropIn.networks[path.network] else {
            throw DropInRefusal(404, "There is no network of this name here; served are \(dropIn.networks.list).")
        }
        guard let name = path.call else {
            let names = AlchemyCall.Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw DropInRefusal(404, "This call is not served here; served are \(names).")
        }
        guard name.methods.contains(request.method) else { throw .method(allowed: name.allowed) }
        guard request.method == .post else {
            return answer(try AlchemyCall(name, QueryParameters(request.query), on: chain), reply)
        }
        withBody(reply) { handler, body throws(DropInRefusal) in
            handler.answer(try AlchemyCall(name, body: body, on: chain), reply)
        }
    }

    private func answer(_ call: AlchemyCall, _ reply: DropInReply) {
        switch call {
        case .token(let reference, let wish):
            answer(reference, wish, reply)
        case .batch(let references, let wish):
            let held = held(references)
            later(reply) { tokens in await tokens.batch(references, wish, held) }
        case .contract(let key):
            later(reply) { tokens in await tokens.alchemyContract(key) }
        case .refresh(let reference):
            later(reply) { tokens in await tokens.alchemyRefresh(reference) }
        }
    }
}
