import Caching
import HTTPCaching
import UpstreamFetching

/// Bodies on their way from an upstream to those who read them and to the tiers.
extension RouteBoard {
    /// Brings the body over, and into the tiers when it may stay and is whole.
    func pump(
        _ body: any IncomingBody, into arrival: FlowingAnswer, of fetch: RouteFetch, beside stored: CachedResponse?
    ) async {
        let relay = arrival.relay
        do throws(FetchFailure) {
            while let piece = try await body.nextPiece() {
                guard await relay.append(piece) else {
                    body.cancel()
                    return await relay.fail(FetchFailure(.cancelled, "", "nobody reads the answer"))
                }
            }
            await keep(arrival, of: fetch, beside: stored)
            await relay.finish()
        } catch {
            await relay.fail(error)
        }
    }

    private func keep(_ arrival: FlowingAnswer, of fetch: RouteFetch, beside stored: CachedResponse?) async {
        guard arrival.refusal == nil, isCurrent(fetch), await arrival.relay.isStorable else { return }
        let response = CachedResponse(
            head: arrival.head, body: SharedBytes(copying: await arrival.relay.held),
            purgeSequence: fetch.purgeSequence)
        forgetsAsUncacheable(fetch.request)
        guard let whole = joined(response, arrival, stored, fetch.request) else { return }
        await keep(whole, of: fetch)
    }

    /// A part together with the one that is stored, when both are of one representation (RFC 9111, section 3.4). `nil`
    /// for a part that is not as long as it says.
    private func joined(
        _ response: CachedResponse, _ arrival: FlowingAnswer, _ stored: CachedResponse?, _ request: RouteRequest
    ) -> CachedResponse? {
        guard response.head.partial != nil else { return response }
        guard let extent = PartialContent.extent(of: arrival.received, bodyLength: response.body.count) else {
            return nil
        }
        let combination = stored.flatMap {
            PartialCombination(of: $0.head, with: arrival.received, bringing: extent, in: request.updateContext)
        }
        guard let stored, let combination else { return response }
        var body: [UInt8] = []
        for piece in combination.pieces {
            switch piece {
            case .held(let range): body += stored.body.bytes[range]
            case .new(let range): body += response.body.bytes[range]
            }
        }
        // As old as the older of its parts.
        let purge = stored.purgeSequence.flatMap { held in response.purgeSequence.map { min(held, $0) } }
        return CachedResponse(head: combination.head, body: SharedBytes(copying: body), purgeSequence: purge)
    }
}
