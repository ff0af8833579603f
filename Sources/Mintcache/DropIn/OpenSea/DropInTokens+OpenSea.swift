import HTTPServing
import Tokens

extension DropInTokens {
    /// `…/refresh`: the fetch goes on behind.
    func openSeaRefresh(_ reference: TokenReference) async -> DropInAnswer {
        guard !isDisabled(reference) else { return .response(shape.response(DropInRefusal(404, Self.switchedOff))) }
        let response: Response =
            switch await shared.refreshDesk.request(reference) {
            case .underWay, .queued: .json(200, JSONNode.string("The NFT is queued to be refreshed.").bytes)
            case .coolingDown(let seconds): shape.response(DropInRefusal(.refreshCooldown(seconds: seconds)))
            case .overloaded: shape.response(DropInRefusal(.overloaded(.fetches)))
            }
        return .response(response)
    }
}
