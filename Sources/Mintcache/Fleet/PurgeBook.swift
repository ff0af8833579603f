import Caching
import HTTPCaching
import Synchronization
import Tokens

/// The purges that this instance knows of, and what they make of what tiers hold.
///
/// Any thread reads; the fetch loop writes.
final class PurgeBook: Sendable {
    private let marks = Mutex(PurgeMarks())

    /// The number of the last purge: what is fetched from now on knows of it.
    var sequence: UInt64 { marks.withLock { $0.sequence } }

    var count: Int { marks.withLock { $0.count } }

    var all: [PurgeMark] { marks.withLock { $0.all } }

    /// False when it was known, or a later one of the same scope.
    func add(_ mark: PurgeMark) -> Bool {
        marks.withLock { $0.add(mark) }
    }

    /// What makes room for one more purge, and drops those that are of no use any more.
    func tidy(tokensBefore tokens: Int64, othersBefore others: Int64) -> PurgeMarks.Replacement {
        marks.withLock { marks in
            let past = marks.forget(tokensBefore: tokens, othersBefore: others)
            var replacement = marks.makeRoom()
            replacement.removed += past
            return replacement
        }
    }

    func verdict(on record: TokenRecord) -> PurgeVerdict {
        let origin = PurgeOrigin(sequence: record.purgeSequence, fetchedAt: record.fetchedAt)
        return marks.withLock { $0.verdict(on: record.reference, origin) }
    }

    func verdict(on copy: ContractCopy, of key: CollectionKey) -> PurgeVerdict {
        marks.withLock { $0.verdict(onContract: key.contract, on: key.chain, copy.purgeOrigin) }
    }

    func verdict(on response: CachedResponse, for request: RouteRequest) -> PurgeVerdict {
        let origin = PurgeOrigin(sequence: response.purgeSequence, fetchedAt: response.head.responseTime)
        return verdict(on: response.head.fields, for: request, origin)
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
