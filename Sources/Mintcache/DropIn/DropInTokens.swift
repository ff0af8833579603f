import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// What a request on a drop-in path is answered with.
enum DropInAnswer: Sendable {
    /// One that caches may keep.
    case entry(CacheEntry, CacheStatus)
    case response(Response)
}

/// Finds tokens for the drop-in paths: one cache, and one flight with everybody else.
struct DropInTokens: Sendable {
    static let switchedOff = "This collection is switched off here"

    /// What memory held when the request came, and may be used.
    typealias Held = [TokenReference: CacheEntry]

    private enum Finding {
        case delivery(Delivery)
        case failure(TokenFailure)
    }

    let shape: DropInProvider
    let shared: PublicHandler.Shared
    let rules: ServingRules

    var renderer: DropInRenderer {
        DropInRenderer(shape: shape, rules: rules.dropIn, memory: shared.memory, time: shared.time)
    }

    // MARK: Tokens

    /// A token as a whole answer.
    func answer(_ reference: TokenReference, _ wish: TokenWish, _ held: Held) async -> DropInAnswer {
        let deadline = MonotonicTime.current + limit(of: wish)
        switch await find(reference, wish, held) {
        case .delivery(let delivery) where delivery.entry.answer.status == 200:
            let effort: ContractEffort =
                if wish.patience == .zero { .none } else if delivery.status.handling == .hit { .behind } else {
                    .until(deadline)
                }
            return .entry(await entry(delivery.entry, reference, effort), delivery.status)
        case .delivery(let delivery):
            return failure(DropInToken(reference, delivery.entry, delivery.problem), delivery.status)
        case .failure(let failure):
            return self.failure(DropInToken(reference, failure, at: shared.time.now))
        }
    }

    /// - Parameter status: what the cache did, where it came that far.
    func failure(_ token: DropInToken, _ status: CacheStatus? = nil) -> DropInAnswer {
        var response: Response =
            switch shape {
            case .alchemy: .json(200, renderer.body(of: token, nil))
            case .openSea: OpenSeaFailure.response(for: token)
            }
        if let status { response.fields.append(("Cache-Status", status.text)) }
        return .response(response)
    }

    private func entry(
        _ source: CacheEntry, _ reference: TokenReference, _ effort: ContractEffort
    ) async -> CacheEntry {
        if let entry = renderer.held(of: source, reference) { return entry }
        let contract = shape == .alchemy ? await contract(of: reference, effort) : nil
        let renderer = renderer
        guard LargeDocument.isLarge(source.record?.document ?? []) else {
            return renderer.answer(of: source, reference, contract)
        }
        return await Task.detached { renderer.answer(of: source, reference, contract) }.value
    }

    // MARK: Finding

    private func find(_ reference: TokenReference, _ wish: TokenWish, _ held: Held) async -> Finding {
        if isDisabled(reference) { return .failure(.withheld(reason: Self.switchedOff)) }
        let isCacheOnly = wish.patience == .zero
        if wish.isRefresh, await isRefreshing(reference), !isCacheOnly {
            return .delivery(await fly(reference, wish))
        }
        if let entry = held[reference] {
            let seconds = (entry.times.freshUntil - shared.time.now) / 1000
            return .delivery(Delivery(entry: entry, status: .hit(timeToLive: seconds, detail: .memory)))
        }
        guard isCacheOnly else { return .delivery(await fly(reference, wish)) }
        return await shared.board.cachedDelivery(of: reference, as: .object).map { .delivery($0) } ?? .failure(.notHeld)
    }

    private func fly(_ reference: TokenReference, _ wish: TokenWish) async -> Delivery {
        askContract(of: reference)
        return await shared.board.delivery(of: reference, as: .object, within: limit(of: wish))
    }

    private func limit(of wish: TokenWish) -> Duration {
        min(wish.patience ?? rules.requestTimeout, rules.requestTimeout)
    }

    /// Has a token fetched anew, unless that was done a short while ago: then what is held will do.
    private func isRefreshing(_ reference: TokenReference) async -> Bool {
        switch await shared.refreshDesk.request(reference) {
        case .underWay, .queued: true
        case .coolingDown, .overloaded: false
        }
    }

    /// Whether the operator has switched the token's collection off.
    func isDisabled(_ reference: TokenReference) -> Bool {
        rules.disabled.contains(CollectionKey(chain: reference.chain, contract: reference.contract))
    }
}
