import Caching
import HTTPCaching
import Tokens

extension TokenHoldings {
    /// The answer of `GET /admin/entries/{chain}/{contract}/{token_id}`.
    var document: JSONNode {
        var members = JSONNode.members(of: reference)
        members += [
            ("held", .boolean(isHeld)), ("being_fetched", .boolean(isBeingFetched)),
            ("outdated_before", outdatedBefore.map { .moment($0) } ?? .null),
            ("sources_left_alone_until", setback.map { .moment($0.until) } ?? .null),
            ("failures_in_a_row", .integer(setback?.repetitions ?? 0)),
            ("memory", .array(memory.map { document(of: $0.entry, as: $0.representation) })),
            ("redis", document(of: redis)), ("archive", document(of: archive)),
        ]
        return .object(members)
    }

    private func document(of entry: CacheEntry, as representation: TokenRepresentation) -> JSONNode {
        let answer = entry.answer
        var members: [(String, JSONNode)] = [
            ("representation", .string(representation.label)), ("status", .integer(answer.status)),
            ("taken_from", .string(entry.tier.label)),
            ("answer_bytes", .integer(answer.identity.body.bytes.count)),
            ("gzip_bytes", answer.bytes(in: .gzip)), ("brotli_bytes", answer.bytes(in: .brotli)),
            ("footprint_bytes", .integer(entry.footprint)), ("stored_at", .moment(entry.times.storedAt)),
            ("looks_below_in_seconds", .seconds(entry.times.memoryUntil - now)),
        ]
        if let record = entry.record {
            members += document(of: record)
        } else {
            members += [("outcome", "failed")] + times(entry.times.fetchedAt, entry.times.freshUntil)
        }
        return .object(members)
    }

    private func document(of stored: Stored) -> JSONNode {
        switch stored {
        case .record(let record): .object([("state", "held")] + document(of: record))
        case .nothing: .object([("state", "nothing")])
        case .unavailable(let error): .object([("state", "unavailable"), ("reason", .string(error.description))])
        case .absent: .object([("state", "not-configured")])
        }
    }

    private func document(of record: TokenRecord) -> [(String, JSONNode)] {
        record.summary + times(record.fetchedAt, record.freshUntil) + [
            ("freshness", .string(freshness(of: record).label)),
            ("purged", .string(purges.verdict(on: record).label)), ("repetitions", .integer(record.repetitions)),
            ("source_etag", JSONNode(record.validators.entityTag)),
            ("source_last_modified", JSONNode(record.validators.lastModified)),
        ]
    }

    private func times(_ fetchedAt: Int64, _ freshUntil: Int64) -> [(String, JSONNode)] {
        [
            ("fetched_at", .moment(fetchedAt)), ("age_seconds", .seconds(max(0, now - fetchedAt))),
            ("fresh_until", .moment(freshUntil)), ("ttl_seconds", .seconds(freshUntil - now)),
        ]
    }
}

extension CacheEntry.Answer {
    /// How long the body is in a coding; null when that was not made, or is not smaller.
    fileprivate func bytes(in coding: ContentCoding) -> JSONNode {
        guard let form = compressed?.made(in: coding), form.coding == coding else { return .null }
        return .integer(form.body.count)
    }
}

extension TokenRepresentation {
    fileprivate var label: String {
        switch self {
        case .object: "object"
        case .metadata: "metadata"
        case .image: "image"
        }
    }
}

extension CacheTier {
    fileprivate var label: String {
        switch self {
        case .source: "source"
        case .redis: "redis"
        case .archive: "archive"
        }
    }
}

extension Freshness {
    fileprivate var label: String {
        switch self {
        case .fresh: "fresh"
        case .staleWhileRevalidate: "stale-while-revalidate"
        case .staleIfError: "stale-if-error"
        case .expired: "expired"
        }
    }
}

extension PurgeVerdict {
    fileprivate var label: String {
        switch self {
        case .valid: "no"
        case .stale: "soft"
        case .void: "hard"
        }
    }
}
