import Caching
import EventLoops
import Tokens

/// Makes finished answers in a provider's shape of the token objects that memory holds, and keeps them there beside
/// those, so that each is made once.
struct DropInRenderer: Sendable {
    let shape: DropInProvider
    let rules: DropInRules
    let memory: MemoryCache
    let time: TimeSource

    /// An answer made before of this very token object.
    func held(of source: CacheEntry, _ reference: TokenReference) -> CacheEntry? {
        let entry = key(reference).withUnsafeBytes { memory.entry(forKey: $0, at: time.now) }
        return entry?.times == source.times ? entry : nil
    }

    /// The answer for a token whose object is there.
    ///
    /// - Parameter contract: nil while it is not known: such an answer is not kept here, and caches in front ask again.
    func answer(of source: CacheEntry, _ reference: TokenReference, _ contract: ContractSummary?) -> CacheEntry {
        let body = body(of: DropInToken(reference, source), contract)
        let isWhole = shape == .openSea || contract != nil
        var times = source.times
        if !isWhole { times.freshUntil = min(times.freshUntil, time.now) }
        // What is told of the contract has a date of its own.
        let lastModified = shape == .openSea ? source.answer.lastModified : nil
        let entry = CacheEntry(
            key: key(reference), answer: rules.renderer.answer(json: body, lastModified: lastModified), times: times,
            record: source.record, tier: source.tier)
        if isWhole { memory.insert(entry, madeFrom: source) }
        return entry
    }

    /// The answer for a contract.
    func answer(_ contract: ContractSummary, of source: CacheEntry, _ key: CollectionKey) -> CacheEntry {
        let body = AlchemyShape(gateways: rules.gateways).contract(contract, key).bytes
        let answer = rules.renderer.answer(json: body, lastModified: source.answer.lastModified)
        return CacheEntry(
            key: source.key, answer: answer, times: source.times, record: nil, tier: source.tier, isFailure: false)
    }

    func body(of token: DropInToken, _ contract: ContractSummary?) -> [UInt8] {
        switch shape {
        case .alchemy: AlchemyShape(gateways: rules.gateways).token(token, of: contract).bytes
        case .openSea: OpenSeaShape.token(token).bytes
        }
    }

    /// Beside the keys of the token's own representations, whose last octets count from 1.
    private func key(_ reference: TokenReference) -> [UInt8] {
        let tag: UInt8 =
            switch shape {
            case .alchemy: 0xA1
            case .openSea: 0xA2
            }
        return reference.canonicalKey + [tag]
    }
}
