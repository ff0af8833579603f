import Caching
import HTTPCaching
import Synchronization
import Tokens

/// The purges that this instance knows of, and what they make of what tiers hold.
///
/// Any thread reads; the fetch loop writes.
final class PurgeBook: Sendable {
    /// What is known of purges of before this process began.
    enum Knowledge: Int, Sendable {
        /// Everything, or there is nobody else who could have purged.
        case complete
        /// They were not read yet, and the store that remembers them does not answer.
        case pending
        /// That store answers, but does not tell.
        case missing
    }

    private let marks = Mutex(PurgeMarks())
    private let judged = Mutex<Set<String>>([])
    private let knowledgeNumber = Atomic(Knowledge.complete.rawValue)

    var knowledge: Knowledge {
        get { Knowledge(rawValue: knowledgeNumber.load(ordering: .relaxed)) ?? .missing }
        set { knowledgeNumber.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// The routes whose answers are judged at each use: a purge of one of their URLs, which comes with every unsafe request
    /// there, is then no reason to doubt all that memory holds.
    var judgedRoutes: Set<String> {
        get { judged.withLock { $0 } }
        set { judged.withLock { $0 = newValue } }
    }

    /// Whether a purge concerns only what is judged at each use.
    func isJudgedAnyway(_ scope: PurgeScope) -> Bool {
        if case .url(_, let route) = scope { judged.withLock { $0.contains(route) } } else { false }
    }

    /// Whether what a tier holds is told from what was purged. Else it may be sent as a stale copy, and has to be fetched
    /// anew. While Redis is away the archive is believed: hard purges leave it, and it is all there is.
    ///
    /// - Parameter tier: of what memory holds the one that it came from; nil for what was judged before.
    func judges(_ tier: CacheTier?) -> Bool {
        switch (knowledge, tier) {
        case (.complete, _), (_, nil), (_, .source), (.pending, .archive): true
        case (.pending, .redis), (.missing, _): false
        }
    }

    /// The number of the last purge: what is fetched from now on knows of it.
    var sequence: UInt64 { marks.withLock { $0.sequence } }

    var count: Int { marks.withLock { $0.count } }

    var all: [PurgeMark] { marks.withLock { $0.all } }

    /// False when it was known, or a later one of the same scope.
    func add(_ mark: PurgeMark) -> Bool {
        marks.withLock { $0.add(mark) }
    }

    /// Makes room for one more purge, and drops those that are of no use any more.
    func tidy(tokensBefore tokens: Int64, othersBefore others: Int64) {
        marks.withLock { $0.tidy(tokensBefore: tokens, othersBefore: others) }
    }

    /// A purge numbered here, where there is no Redis to do it. Nobody else remembers what was replaced.
    func number(_ scope: PurgeScope, isSoft: Bool, at now: Int64) -> PurgeMark {
        _ = takeReplacement()
        return PurgeMark(
            sequence: max(sequence, UInt64(clamping: now)) + 1, scope: scope, isSoft: isSoft, moment: now)
    }

    /// What has replaced what, and has to be done in the shared store, too.
    func takeReplacement() -> PurgeMarks.Replacement { marks.withLock { $0.takeReplacement() } }

    /// Keeps what the shared store did not take for another time.
    func giveBack(_ replacement: PurgeMarks.Replacement) { marks.withLock { $0.note(replacement) } }

    /// - Parameter tier: where the record was found; nil for memory.
    func verdict(on record: TokenRecord, in tier: CacheTier? = nil) -> PurgeVerdict {
        let origin = PurgeOrigin(sequence: record.purgeSequence, fetchedAt: record.fetchedAt)
        return max(marks.withLock { $0.verdict(on: record.reference, origin) }, judges(tier) ? .valid : .stale)
    }

    func verdict(on copy: ContractCopy, of key: CollectionKey, in tier: CacheTier? = nil) -> PurgeVerdict {
        let verdict = marks.withLock { $0.verdict(onContract: key.contract, on: key.chain, copy.purgeOrigin) }
        return max(verdict, judges(tier) ? .valid : .stale)
    }

    func verdict(
        on response: CachedResponse, for request: RouteRequest, in tier: CacheTier? = nil
    ) -> PurgeVerdict {
        let origin = PurgeOrigin(sequence: response.purgeSequence, fetchedAt: response.head.responseTime)
        return max(verdict(on: response.head.fields, for: request, origin), judges(tier) ? .valid : .stale)
    }

    /// - Parameter fields: of the answer.
    func verdict(on fields: HeaderFields, for request: RouteRequest, _ origin: PurgeOrigin) -> PurgeVerdict {
        marks.withLock { marks in
            guard marks.count > 0 else { return .valid }
            return marks.verdict(
                onRoute: request.route.name, url: request.url.pathAndQuery,
                tags: marks.haveTags ? OriginTags.tags(in: fields) : [], origin)
        }
    }

    /// The number of the last purge of a token; 0 when there was none.
    func lastPurge(of reference: TokenReference) -> UInt64 { marks.withLock { $0.lastPurge(of: reference) } }

    /// The number of the last purge of a contract; 0 when there was none.
    func lastPurge(of key: CollectionKey) -> UInt64 {
        marks.withLock { $0.lastPurge(ofContract: key.contract, on: key.chain) }
    }

    /// The number of the last purge of a request's URL; 0 when there was none.
    func lastPurge(of request: RouteRequest) -> UInt64 {
        marks.withLock { marks in
            marks.count == 0 ? 0 : marks.lastPurge(ofRoute: request.route.name, url: request.url.pathAndQuery)
        }
    }
}

extension ResourceURL {
    /// The normal spelling of path and query.
    var pathAndQuery: String {
        String(decoding: path, as: UTF8.self) + (query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? "")
    }
}
