import Caching
import EventLoops
import HTTPCaching
import Tokens

/// Where a token is held, and what else decides what is answered for it.
struct TokenHoldings: Sendable {
    /// What a store says.
    enum Stored: Sendable {
        case record(TokenRecord)
        case nothing
        /// It could not be asked.
        case unavailable(StoreError)
        /// There is no such store.
        case absent
    }

    let reference: TokenReference
    var memory: [(representation: TokenRepresentation, entry: CacheEntry)]
    var redis: Stored
    var archive: Stored
    /// What an event said last about the token, in milliseconds since 1970.
    var outdatedBefore: Int64?
    /// What purges make of records.
    var purges: PurgeBook
    /// The failure that keeps its sources from being asked.
    var setback: Setbacks<TokenReference>.Setback?
    var isBeingFetched: Bool
    var staleness: StalenessPolicy
    /// When it was looked, in milliseconds since 1970.
    var now: Int64

    /// Whether any tier holds anything that no purge has made void.
    var isHeld: Bool { newest != nil || memory.contains { $0.entry.record == nil } }

    /// The latest that any tier holds and no purge has made void.
    var newest: TokenRecord? {
        let stored = [redis, archive].compactMap { if case .record(let record) = $0 { record } else { nil } }
        let records = stored + memory.compactMap(\.entry.record)
        return records.filter { purges.verdict(on: $0) != .void }.max { $0.fetchedAt < $1.fetchedAt }
    }

    /// What may be done with a record that was found.
    func freshness(of record: TokenRecord) -> Freshness {
        let verdict = purges.verdict(on: record)
        guard verdict != .void else { return .expired }
        let freshness = staleness.freshness(fetchedAt: record.fetchedAt, freshUntil: record.freshUntil, now: now)
        let isOutdated = outdatedBefore.map { record.fetchedAt < $0 } ?? false
        return freshness == .fresh && (isOutdated || verdict == .stale) ? .staleWhileRevalidate : freshness
    }
}

extension FlightBoard {
    /// Looks into every tier, and changes none of them.
    func holdings(of reference: TokenReference) async -> TokenHoldings {
        let rules = equipment.rules
        let stores = search.stores
        let redis = await Self.record(of: reference, in: stores.redis, within: rules.redisTimeout)
        let archive = await Self.record(of: reference, in: stores.archive, within: rules.archiveTimeout)
        let memory = TokenRepresentation.allCases.compactMap { representation in
            let key = EntryKey.bytes(reference, representation)
            return key.withUnsafeBytes { self.memory.lastKnownEntry(forKey: $0) }.map { (representation, $0) }
        }
        return TokenHoldings(
            reference: reference, memory: memory, redis: redis, archive: archive,
            outdatedBefore: updates.marks.latest(for: reference)?.moment,
            purges: updates.purges, setback: setbacks.current(for: reference, at: time.now),
            isBeingFetched: room.isUnderWay(reference),
            staleness: rules.staleness, now: time.now)
    }

    private static func record(
        of reference: TokenReference, in redis: (any SharedCache)?, within limit: Duration
    ) async -> TokenHoldings.Stored {
        guard let redis else { return .absent }
        do throws(StoreError) {
            return try await redis.record(for: reference, within: limit).map { .record($0) } ?? .nothing
        } catch {
            return .unavailable(error)
        }
    }

    private static func record(
        of reference: TokenReference, in archive: any MetadataArchive, within limit: Duration
    ) async -> TokenHoldings.Stored {
        do throws(StoreError) {
            return try await archive.records(for: [reference], within: limit)[reference].map { .record($0) }
                ?? .nothing
        } catch {
            return .unavailable(error)
        }
    }
}
