import Caching
import Dispatch
import HTTPCaching
import Synchronization
import Testing

@Suite("The compressed forms of an answer") struct CompressedFormsTests {
    private let cache = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 1))

    @Test func `are made for the first who wants them, and are the same for everybody after`() throws {
        let stored = compressible(key(1))
        let forms = try #require(stored.answer.compressed)
        #expect(forms.made(in: .gzip) == nil && forms.made(in: .brotli) == nil)
        let gzip = cache.representation(of: stored, for: accepting("gzip"))
        #expect(gzip.coding == .gzip && gzip.body.count < stored.answer.identity.body.count)
        #expect(cache.representation(of: stored, for: accepting("gzip, deflate")) === gzip)
        #expect(forms.made(in: .gzip) === gzip && forms.made(in: .brotli) == nil)
        #expect(cache.representation(of: stored, for: accepting("gzip, br")).coding == .brotli)
        #expect(cache.representation(of: stored, for: accepting("identity")) === stored.answer.identity)
        #expect(cache.representation(of: stored, for: AcceptEncoding()) === stored.answer.identity)
    }

    @Test func `have entity tags of their own`() {
        let stored = compressible(key(1))
        let forms = ["identity", "gzip", "br"].map { cache.representation(of: stored, for: accepting($0)) }
        let tags = forms.map { String(decoding: $0.entityTag, as: UTF8.self) }
        #expect(tags == ["\"0123456789abcdef\"", "\"0123456789abcdef-gzip\"", "\"0123456789abcdef-br\""])
        let heads = forms.map { String(decoding: $0.head.bytes, as: UTF8.self) }
        #expect(heads[0] == "ETag: \(tags[0])\r\nVary: Accept-Encoding\r\n")
        #expect(heads[1] == "Content-Encoding: gzip\r\nETag: \(tags[1])\r\nVary: Accept-Encoding\r\n")
        #expect(heads[2] == "Content-Encoding: br\r\nETag: \(tags[2])\r\nVary: Accept-Encoding\r\n")
    }

    @Test func `are not sent when they are no smaller, and not tried again`() throws {
        let stored = compressible(key(1), (0..<1_000).map { _ in .random(in: 0...255) })
        cache.insert(stored)
        let before = cache.bytes
        for _ in 0..<2 {
            #expect(cache.representation(of: stored, for: accepting("br, gzip")) === stored.answer.identity)
        }
        let forms = try #require(stored.answer.compressed)
        #expect(forms.made(in: .gzip) === stored.answer.identity && forms.made(in: .brotli) === forms.made(in: .gzip))
        #expect(cache.bytes == before)
    }

    @Test func `are there for nobody when the answer is not worth it`() {
        let small = entry(key(1))
        #expect(cache.representation(of: small, for: accepting("br, gzip")) === small.answer.identity)
    }

    @Test func `count from when they are made until the entry leaves`() {
        let empty = cache.bytes
        let stored = compressible(key(1))
        cache.insert(stored)
        var bytes = cache.bytes
        for field in ["gzip", "br"] {
            let form = cache.representation(of: stored, for: accepting(field))
            #expect((form.body.count..<form.body.count + 500).contains(cache.bytes - bytes))
            bytes = cache.bytes
            _ = cache.representation(of: stored, for: accepting(field))
            #expect(cache.bytes == bytes)
        }
        // Shared with the entry that takes its place, which counts them as well.
        cache.insert(stored.renewed(stored.times, from: .redis))
        #expect(cache.bytes == bytes)
        cache.remove(1)
        #expect(cache.bytes == empty)
    }

    @Test func `count for the entry that holds them by then`() {
        let first = compressible(key(1))
        cache.insert(first)
        let second = first.renewed(first.times, from: .redis)
        cache.insert(second)
        let before = cache.bytes
        let form = cache.representation(of: first, for: accepting("gzip"))
        #expect(cache.bytes >= before + form.body.count)
    }

    @Test func `count for nothing when the entry is not held`() {
        let before = cache.bytes
        let stored = compressible(key(1))
        _ = cache.representation(of: stored, for: accepting("gzip"))
        #expect(cache.bytes == before && cache.count == 0)
    }

    @Test func `make others leave when there is no room for them`() {
        let small = MemoryCache(MemoryCache.Limits(bytes: 256 << 10, entryBytes: 64 << 10, shards: 1))
        var stored: [CacheEntry] = []
        while small.statistics.evictions == 0 {
            stored.append(compressible(key(stored.count)))
            small.insert(stored[stored.count - 1])
        }
        let held = small.count
        for entry in stored {
            _ = small.representation(of: entry, for: accepting("br"))
            #expect(small.bytes <= 256 << 10)
        }
        #expect(small.count < held)
        small.removeAll()
        #expect(small.bytes == MemoryCache(MemoryCache.Limits(bytes: 256 << 10, entryBytes: 64 << 10, shards: 1)).bytes)
    }

    @Test func `are the same for threads that want them at once, and count once`() {
        for number in 0..<50 {
            let stored = compressible(key(number))
            cache.insert(stored)
            let bodies = Mutex<Set<ObjectIdentifier>>([])
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let form = cache.representation(of: stored, for: accepting("gzip"))
                bodies.withLock { _ = $0.insert(ObjectIdentifier(form)) }
            }
            #expect(bodies.withLock { $0.count } == 1)
            let counted = cache.bytes
            cache.insert(stored)
            #expect(cache.bytes == counted)
        }
    }
}
