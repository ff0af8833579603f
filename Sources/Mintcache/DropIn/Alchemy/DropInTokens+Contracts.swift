import Caching
import EventLoops
import HTTPServing
import Tokens

/// What is done to know a token's contract while the token is answered.
enum ContractEffort: Equatable {
    /// Memory is looked at: the caller wants nothing to be fetched.
    case none
    /// It is asked, and told the next time: a token that is held waits for nothing.
    case behind
    /// It is waited for, for a short while: the token had to be fetched, too.
    case until(MonotonicTime)
}

/// What is told of contracts, in answers of their own and beside their tokens.
extension DropInTokens {
    /// How long a token that had to be fetched is held up for its contract, which is asked at the same time.
    static let grace = Duration.milliseconds(250)

    /// `getContractMetadata`.
    func alchemyContract(_ key: CollectionKey) async -> DropInAnswer {
        guard !rules.disabled.contains(key) else {
            return .response(shape.response(DropInRefusal(404, Self.switchedOff)))
        }
        let delivery = await shared.contracts.delivery(of: key, within: rules.requestTimeout)
        guard let contract = ContractSummary(delivery.entry) else {
            return .response(shape.response(DropInRefusal(delivery.problem ?? .timedOut)))
        }
        return .entry(renderer.answer(contract, of: delivery.entry, key), delivery.status)
    }

    /// What is known of a token's contract; nil when that is nothing, or comes too late.
    func contract(of reference: TokenReference, _ effort: ContractEffort) async -> ContractSummary? {
        let key = CollectionKey(chain: reference.chain, contract: reference.contract)
        if let entry = heldContract(key, mayAsk: effort != .none) { return ContractSummary(entry) }
        switch effort {
        case .none:
            return nil
        case .until(let deadline) where deadline > .current:
            let limit = min(Self.grace, deadline - .current)
            return ContractSummary(await shared.contracts.delivery(of: key, within: limit).entry)
        case .behind, .until:
            askContract(key)
            return nil
        }
    }

    /// Has a token's contract asked, unless memory holds what it says: for who will soon want it.
    func askContract(of reference: TokenReference) {
        guard shape == .alchemy else { return }
        let key = CollectionKey(chain: reference.chain, contract: reference.contract)
        if heldContract(key, mayAsk: true) == nil { askContract(key) }
    }

    private func askContract(_ key: CollectionKey) {
        let board = shared.contracts
        shared.fetchLoop.execute { board.assumeIsolated { $0.refresh(key) } }
    }

    /// What memory holds. One past its time is used and, by the first to see it, asked anew behind.
    private func heldContract(_ key: CollectionKey, mayAsk: Bool) -> CacheEntry? {
        let now = shared.time.now
        let entry = EntryKey.bytes(ofContract: key).withUnsafeBytes { shared.memory.entry(forKey: $0, at: now) }
        if mayAsk, let entry, now >= entry.times.freshUntil, !entry.isFailure,
            entry.claimRefresh(at: now, retryingAfter: max(rules.errorTTL, 1000))
        {
            askContract(key)
        }
        return entry
    }
}
