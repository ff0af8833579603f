import Caching
import HTTPCaching
import Tokens

/// Answers about contracts.
extension AnswerRenderer {
    func contractObject(for facts: ContractFacts, document: [UInt8]?, fetchedAt: Int64) -> [UInt8] {
        ContractView.contractObject(
            for: facts, document: document, source: OnchainSource.name, fetchedAt: fetchedAt
        ) { media.imageURL(of: $0) }
    }

    /// The answer for what is known of a contract.
    func entry(
        for copy: ContractCopy, ofContract key: CollectionKey, from tier: CacheTier, isStale: Bool, now: Int64
    ) -> CacheEntry {
        let horizon = isStale ? now + max(errorTTL, 1000) : copy.freshUntil
        let times = CacheEntry.Times(
            storedAt: now, fetchedAt: copy.fetchedAt, freshUntil: copy.freshUntil,
            memoryUntil: min(now + memoryTTL, horizon), purgeSequence: copy.purgeSequence)
        var answer = answer(for: copy, isStale: isStale)
        if hasTags { answer = answer.tagged(CDNTags.line(for: key)) }
        return CacheEntry(
            key: EntryKey.bytes(ofContract: key), answer: answer, times: times,
            record: nil, tier: tier, isFailure: false)
    }

    /// The answer for a failure, remembered for the error lifetime.
    func entry(for problem: Problem, ofContract key: CollectionKey, now: Int64) -> CacheEntry {
        let until = now + errorTTL
        let times = CacheEntry.Times(storedAt: now, fetchedAt: now, freshUntil: until, memoryUntil: until)
        return CacheEntry(
            key: EntryKey.bytes(ofContract: key), answer: problemAnswer(problem), times: times, record: nil,
            tier: .source)
    }

    private func answer(for copy: ContractCopy, isStale: Bool) -> CacheEntry.Answer {
        guard let object = copy.object else {
            return problemAnswer(.contractNotFound("The address does not answer as contracts with tokens do."))
        }
        let body = ContractView.marked(object, stale: isStale)
        return answer(body, tag: digest(body), Self.jsonLines, lastModified: copy.fetchedAt / 1000)
    }
}

extension EntryKey {
    /// What follows the canonical key where an entry is about the contract: no representation of a token.
    private static let contractTag: UInt8 = 0xC0

    static func bytes(ofContract key: CollectionKey) -> [UInt8] { key.reference.canonicalKey + [contractTag] }
}

extension Problem {
    static func contractNotFound(_ reason: String) -> Problem {
        var problem = Problem(404, "contract-not-found", "Contract not found", detail: reason)
        problem.isRetryable = false
        return problem
    }
}
