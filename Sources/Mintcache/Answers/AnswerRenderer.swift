import Caching
import HTTPCaching
import Tokens

/// Turns records and problems into finished answers: status, prepared header lines, body, compressed forms. Pure but for
/// the digest it is given.
struct AnswerRenderer: Sendable {
    /// Below this a compressed body saves nothing worth a different entity tag.
    private static let minimumCompressedBytes = 256
    /// Compressing more than this would hold up the loop for milliseconds.
    private static let maximumCompressedBytes = 256 * 1024
    /// Up to here an answer is compressed when a client asks for that: on the client's loop, which is held up for a sixth
    /// of a millisecond at most. What is longer is compressed at once, where answers are rendered.
    private static let maximumAwaitedBytes = 16 * 1024

    let media: MediaAddresses
    let memoryTTL: Int64
    let errorTTL: Int64
    /// Whether answers carry names for the CDN in front to forget them by.
    var hasTags = false
    /// The entity tag of these bytes, without quotes.
    let digest: @Sendable ([UInt8]) -> String

    /// The answer for a record, as one representation.
    func entry(
        for record: TokenRecord, as representation: TokenRepresentation, from tier: CacheTier, isStale: Bool, now: Int64
    ) -> CacheEntry {
        let key = EntryKey.bytes(record.reference, representation)
        let horizon = isStale ? now + max(errorTTL, 1000) : record.freshUntil
        let times = CacheEntry.Times(
            storedAt: now, fetchedAt: record.fetchedAt, freshUntil: record.freshUntil,
            memoryUntil: min(now + memoryTTL, horizon), purgeSequence: record.purgeSequence)
        var answer =
            switch record.outcome {
            case .document: documentAnswer(record, representation, isStale: isStale)
            case .missing(let reason): problemAnswer(.tokenNotFound(reason))
            case .unusable(let reason): problemAnswer(.metadataUnusable(reason, source: record.source))
            }
        if hasTags { answer = answer.tagged(CDNTags.line(for: record.reference)) }
        return CacheEntry(key: key, answer: answer, times: times, record: record, tier: tier)
    }

    /// The answer for what a flight brought, unless that is a failure.
    func entry(for landing: Landing, as representation: TokenRepresentation, now: Int64) -> CacheEntry? {
        switch landing {
        case .fetched(let record):
            entry(for: record, as: representation, from: .source, isStale: false, now: now)
        case .held(let record, let tier, let isStale):
            entry(for: record, as: representation, from: tier ?? .source, isStale: isStale, now: now)
        case .problem:
            nil
        }
    }

    /// The answer for a failure, remembered for the error lifetime.
    func entry(
        for problem: Problem, of reference: TokenReference, as representation: TokenRepresentation, now: Int64
    ) -> CacheEntry {
        let until = now + errorTTL
        let times = CacheEntry.Times(storedAt: now, fetchedAt: now, freshUntil: until, memoryUntil: until)
        return CacheEntry(
            key: EntryKey.bytes(reference, representation), answer: problemAnswer(problem), times: times, record: nil,
            tier: .source)
    }

    private func documentAnswer(
        _ record: TokenRecord, _ representation: TokenRepresentation, isStale: Bool
    ) -> CacheEntry.Answer {
        let lastModified = record.fetchedAt / 1000
        switch representation {
        case .object:
            let object: TokenObject
            do throws(TokenViewError) {
                object = try TokenView.tokenObject(
                    for: record, stale: isStale, links: media.links(for: record.reference))
            } catch {
                return problemAnswer(.metadataUnusable("\(error)", source: record.source))
            }
            return answer(object.bytes, tag: digest(object.bytes), Self.jsonLines, lastModified: lastModified)
        case .metadata:
            return answer(record.document, tag: tag(of: record), Self.jsonLines, lastModified: lastModified)
        case .image:
            return imageAnswer(record)
        }
    }

    /// The record's own tag, unless what a store gave back is none: it stands in a header line, and one that is empty
    /// would be the same for every document.
    private func tag(of record: TokenRecord) -> String {
        let isTag = !record.etag.isEmpty && record.etag.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 }
        return isTag ? record.etag : digest(record.document)
    }

    func problemAnswer(_ problem: Problem) -> CacheEntry.Answer {
        var lines = "Content-Type: application/problem+json\r\n" + Self.safety
        if let seconds = problem.retryAfter { lines += "Retry-After: \(seconds)\r\n" }
        return CacheEntry.Answer(
            status: problem.status, head: Self.bytes(lines),
            identity: Representation(SharedBytes(copying: problem.document), entityTag: []))
    }

    /// JSON of a shape of its own.
    func answer(json body: [UInt8], lastModified: Int64?) -> CacheEntry.Answer {
        answer(body, tag: digest(body), Self.jsonLines, lastModified: lastModified)
    }

    /// - Parameter lines: of the head, beside those that follow from the other parameters.
    func answer(
        _ body: [UInt8], tag: String, _ lines: String, compresses: Bool = true, lastModified: Int64?
    ) -> CacheEntry.Answer {
        let lines = lines + (lastModified.map { "Last-Modified: \(HTTPDate.text($0))\r\n" } ?? "")
        let identity = Representation(SharedBytes(copying: body), entityTag: Array("\"\(tag)\"".utf8))
        let isWorthIt = compresses && (Self.minimumCompressedBytes...Self.maximumCompressedBytes).contains(body.count)
        let forms = isWorthIt ? CompressedForms(of: identity) : nil
        if body.count > Self.maximumAwaitedBytes {
            forms?.make(in: .gzip)
            forms?.make(in: .brotli)
        }
        return CacheEntry.Answer(
            status: 200, head: Self.bytes(lines), identity: identity, compressed: forms, lastModified: lastModified)
    }

    /// A source's document is never run: whatever it claims to be, it is sent as data that no browser interprets.
    private static let safety =
        "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; sandbox\r\n"
    static let jsonLines = "Content-Type: application/json\r\n" + safety

    static func bytes(_ lines: String) -> SharedBytes { SharedBytes(copying: Array(lines.utf8)) }
}

extension Problem {
    static func tokenNotFound(_ reason: String) -> Problem {
        var problem = Problem(404, "token-not-found", "Token not found", detail: reason)
        problem.isRetryable = false
        return problem
    }

    static func metadataUnusable(_ reason: String, source: String) -> Problem {
        var problem = Problem(502, "metadata-unusable", "Metadata unusable", detail: reason)
        problem.isRetryable = false
        problem.source = source
        return problem
    }
}
