import Caching
import HTTPCaching
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A rendered answer` {
    private let now: Int64 = 1_700_000_100_000

    private func entry(
        _ record: TokenRecord, _ representation: TokenRepresentation = .object, isStale: Bool = false
    ) -> CacheEntry {
        sampleRenderer.entry(for: record, as: representation, from: .redis, isStale: isStale, now: now)
    }

    /// A record with a document that is worth compressing.
    private func longRecord() throws -> TokenRecord {
        try record(name: String(repeating: "Sample ", count: 100))
    }

    private func lines(_ answer: CacheEntry.Answer, _ coding: ContentCoding = .identity) throws -> [String] {
        let head = text(answer.head.bytes) + text(form(answer, coding).head.bytes)
        #expect(head.hasSuffix("\r\n") && !head.hasSuffix("\r\n\r\n"))
        let lines = head.split(separator: "\r\n").map(String.init)
        for line in lines {
            #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(line)")
            #expect(line.contains(": "), "\(line)")
        }
        return lines
    }

    private func form(_ answer: CacheEntry.Answer, _ coding: ContentCoding) -> Representation {
        answer.compressed?.make(in: coding) ?? answer.identity
    }

    @Test func `of a document is the token object, or the document byte for byte`() throws {
        let record = try record(name: "é\\u0041")
        let object = entry(record)
        #expect(object.answer.status == 200)
        #expect(try json(object.answer.identity.body.array)["name"]?.string == "éA 1")
        #expect(entry(record, .metadata).answer.identity.body.array == record.document)
    }

    @Test func `of a missing token is 404 and of unusable metadata is 502`() throws {
        let missing = entry(try record(outcome: .missing(reason: "Never minted.")))
        #expect(missing.answer.status == 404)
        #expect(try json(missing.answer.identity.body.array)["detail"]?.string == "Never minted.")
        let unusable = entry(try record(outcome: .unusable(reason: "Not JSON.")), .metadata)
        #expect(unusable.answer.status == 502)
        let problem = try json(unusable.answer.identity.body.array)
        #expect(problem["type"]?.string == "urn:mintcache:problem:metadata-unusable")
        #expect(problem["source"]?.string == "onchain" && problem["retryable"]?.boolean == false)
    }

    @Test func `of a document that is no object is 502, while its bytes stay available`() throws {
        var record = try record()
        record.document = Array("[1,2]".utf8)
        #expect(entry(record).answer.status == 502)
        #expect(entry(record, .metadata).answer.identity.body.array == Array("[1,2]".utf8))
    }

    @Test func `carries the names that a CDN forgets it by when that is wanted, in every coding`() throws {
        var renderer = sampleRenderer
        let record = try record(name: String(repeating: "long", count: 200))
        let plain = entry(record)
        renderer.hasTags = true
        let tagged = renderer.entry(for: record, as: .object, from: .source, isStale: false, now: now)
        let contract = record.reference.contract.lowercase
        let line = "Vercel-Cache-Tag: eip155-1-\(contract),eip155-1-\(contract)-1\r\n"
        #expect(text(tagged.answer.head.bytes) == text(plain.answer.head.bytes) + line)
    }

    @Test func `of a failure says when to come back, and has no entity tag`() throws {
        let failure = sampleRenderer.entry(for: .overloaded(.upstreams), of: try reference(), as: .object, now: now)
        #expect(failure.answer.status == 503 && failure.record == nil)
        #expect(failure.answer.identity.entityTag.isEmpty)
        let lines = try lines(failure.answer)
        #expect(lines.contains("Retry-After: 1") && lines.contains("Content-Type: application/problem+json"))
        #expect(!lines.contains { $0.hasPrefix("ETag") || $0.hasPrefix("Last-Modified") })
        #expect(failure.times.memoryUntil == now + 10_000)
    }

    @Test func `is kept in memory until it has to be checked, at most while it is fresh`() throws {
        let fresh = entry(try record())
        #expect(fresh.times.memoryUntil == now + 60_000)
        #expect(fresh.times.freshUntil == 1_700_003_600_000)
        let brief = entry(try record(lifetime: 130_000))
        #expect(brief.times.memoryUntil == 1_700_000_130_000)
        #expect(brief.tier == .redis)
    }

    @Test func `that is stale says so, and is looked at again soon`() throws {
        let record = try record(lifetime: 1000)
        let stale = entry(record, isStale: true)
        #expect(stale.answer.status == 200)
        #expect(stale.times.memoryUntil == now + 10_000)
        let body = text(stale.answer.identity.body.bytes)
        #expect(body.contains("\"stale\":true"))
        #expect(text(entry(record).answer.identity.body.bytes).contains("\"stale\":false"))
        #expect(stale.answer.identity.entityTag != entry(record).answer.identity.entityTag)
    }

    @Test func `has the fields that keep a document from being run`() throws {
        var record = try record()
        record.contentType = "text/html"
        let metadata = try lines(entry(record, .metadata).answer)
        #expect(
            metadata == [
                "Content-Type: application/json", "X-Content-Type-Options: nosniff",
                "Content-Security-Policy: default-src 'none'; sandbox",
                "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT", "ETag: \"\(record.etag)\"",
                "Vary: Accept-Encoding",
            ])
    }

    @Test func `comes compressed when that is worth it, each coding with its own tag`() throws {
        for representation in [TokenRepresentation.object, .metadata] {
            let answer = entry(try longRecord(), representation).answer
            let (gzip, brotli) = (form(answer, .gzip), form(answer, .brotli))
            #expect(gzip.body.count < answer.identity.body.count && brotli.body.count < answer.identity.body.count)
            #expect(try lines(answer, .gzip).contains("Content-Encoding: gzip"))
            #expect(try lines(answer, .brotli).contains("Content-Encoding: br"))
            #expect(try !lines(answer).contains { $0.hasPrefix("Content-Encoding") })
            let tags = [answer.identity, gzip, brotli].map { text($0.entityTag) }
            #expect(Set(tags).count == 3)
            for (tag, coding) in zip(tags, [ContentCoding.identity, .gzip, .brotli]) {
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 2)
                #expect(try lines(answer, coding).contains("ETag: \(tag)"))
            }
        }
    }

    @Test func `is compressed when a client wants that, and at once when it would have to wait long`() throws {
        let short = try #require(entry(try longRecord()).answer.compressed)
        #expect(short.made(in: .gzip) == nil && short.made(in: .brotli) == nil)
        let long = try #require(entry(try record(name: String(repeating: "Sample ", count: 3_000))).answer.compressed)
        #expect(long.made(in: .gzip)?.coding == .gzip && long.made(in: .brotli)?.coding == .brotli)
    }

    @Test func `is not compressed when it is small, huge or a problem`() throws {
        #expect(entry(try record(), .metadata).answer.compressed == nil)
        #expect(entry(try record(name: String(repeating: "Sample ", count: 40_000))).answer.compressed == nil)
        let missing = try record(outcome: .missing(reason: String(repeating: "no ", count: 300)))
        #expect(entry(missing).answer.compressed == nil)
    }

    @Test func `has a tag that follows the bytes`() throws {
        let first = entry(try record(name: "One")), second = entry(try record(name: "Two"))
        #expect(first.answer.identity.entityTag != second.answer.identity.entityTag)
        #expect(first.answer.identity.entityTag == entry(try record(name: "One")).answer.identity.entityTag)
        let metadata = entry(try record(name: "One"), .metadata)
        #expect(metadata.answer.identity.entityTag != first.answer.identity.entityTag)
    }

    @Test(arguments: ["", "x\"y", "x\r\nSet-Cookie: a=b", "é", "a b"])
    func `never takes over a tag that is none`(etag: String) throws {
        var record = try record()
        record.etag = etag
        let answer = entry(record, .metadata).answer
        #expect(text(answer.identity.entityTag) == "\"\(EntityDigest.text(record.document))\"")
        #expect(try lines(answer).count == 6)
    }

    @Test func `has no line that what came from outside wrote`() throws {
        let hostile = "x\r\nSet-Cookie: a=b\r\n\r\n<script>"
        var document = try record()
        document.contentType = hostile
        document.tokenURI = hostile
        document.source = hostile
        var outcomes = [document]
        outcomes.append(try record(outcome: .missing(reason: hostile)))
        outcomes.append(try record(outcome: .unusable(reason: hostile)))
        for record in outcomes {
            for representation in TokenRepresentation.allCases {
                let answer = entry(record, representation).answer
                #expect(try !lines(answer).contains { $0.contains("Set-Cookie") })
            }
        }
    }

    @Test func `has one key for each representation of a token`() throws {
        let record = try record()
        let keys = TokenRepresentation.allCases.map { entry(record, $0).key }
        #expect(Set(keys).count == 3)
        #expect(keys.allSatisfy { $0.count == EntryKey.size })
        for (representation, key) in zip(TokenRepresentation.allCases, keys) {
            var written = [UInt8](repeating: 0, count: EntryKey.size)
            written.withUnsafeMutableBytes { EntryKey.write(record.reference, representation, into: $0) }
            #expect(written == key)
        }
    }
}
