import Caching
import HTTPCaching
import Testing

@Suite struct MemoryCacheTests {
    private let cache = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 4))

    @Test func `gives back the very entry that was put in`() {
        let stored = entry(key(1))
        #expect(cache.insert(stored))
        #expect(cache.entry(1) === stored)
        #expect(cache.entry(2) == nil)
        #expect(cache.statistics.hits == 1 && cache.statistics.misses == 1 && cache.statistics.insertions == 1)
    }

    @Test func `does not vouch for an entry past its time in memory, but keeps it as the last known`() {
        let stored = entry(key(1), memoryUntil: 100)
        cache.insert(stored)
        #expect(cache.entry(1, at: 99) === stored)
        #expect(cache.entry(1, at: 100) == nil)
        #expect(cache.lastKnownEntry(1) === stored)
        #expect(cache.statistics.hits == 1 && cache.statistics.misses == 1)
    }

    @Test func `replaces an entry by a newer answer`() {
        cache.insert(entry(key(1), fetchedAt: 10))
        let newer = entry(key(1), size: 5_000, fetchedAt: 20)
        #expect(cache.insert(newer))
        #expect(cache.entry(1) === newer)
        #expect(cache.count == 1 && cache.statistics.replacements == 1)
    }

    @Test func `refuses an older answer while the newer one is good`() {
        let newer = entry(key(1), fetchedAt: 20)
        cache.insert(newer)
        let late = CacheEntry(
            key: key(1), answer: newer.answer,
            times: CacheEntry.Times(storedAt: 30, fetchedAt: 10, freshUntil: 70, memoryUntil: 90), record: nil,
            tier: .redis
        )
        #expect(!cache.insert(late))
        #expect(cache.entry(1, at: 31) === newer)
    }

    @Test func `takes any answer in place of one that claims to be from the future`() {
        cache.insert(entry(key(1), fetchedAt: 1_000_000, memoryUntil: .max))
        let present = entry(key(1), fetchedAt: 500)
        #expect(cache.insert(present))
        #expect(cache.entry(1) === present)
    }

    @Test func `refuses an entry larger than allowed and forgets what it would have replaced`() {
        cache.insert(entry(key(1), fetchedAt: 1))
        #expect(!cache.insert(entry(key(1), size: 65 << 10, fetchedAt: 2)))
        #expect(cache.entry(1) == nil)
        #expect(cache.count == 0 && cache.statistics.rejections == 1)
    }

    @Test func `forgets one key, then all`() {
        let empty = cache.bytes
        for number in 0..<50 { cache.insert(entry(key(number))) }
        #expect(cache.remove(7))
        #expect(!cache.remove(7))
        #expect(cache.entry(7) == nil && cache.count == 49)
        #expect(cache.removeAll() == 49)
        #expect(cache.count == 0 && cache.bytes == empty)
        #expect((0..<50).allSatisfy { cache.entry($0) == nil })
        cache.insert(entry(key(1)))
        #expect(cache.entry(1) != nil)
    }

    @Test func `holds an empty key and long ones`() {
        let keys: [[UInt8]] = [[], [0], [0, 0], [UInt8](repeating: 7, count: 4_096)]
        for key in keys { cache.insert(entry(key)) }
        for key in keys {
            #expect(key.withUnsafeBytes { cache.entry(forKey: $0, at: 1) }?.key == key)
        }
    }

    @Test func `shows every token it holds, whatever happens to it meanwhile`() {
        for number in 0..<300 { cache.insert(entry(key(number), size: 100)) }
        for number in 0..<100 { cache.remove(number) }
        var seen: [[UInt8]] = []
        cache.forEachToken { entry in
            seen.append(entry.key)
            cache.insert(
                entry.renewed(CacheEntry.Times(storedAt: 5, fetchedAt: 0, freshUntil: 5, memoryUntil: 5), from: .source)
            )
        }
        #expect(Set(seen) == Set((100..<300).map(key)))
        #expect(seen.count == 200 && cache.count == 200)
        #expect((100..<300).allSatisfy { cache.entry($0, at: 5) == nil && cache.lastKnownEntry($0) != nil })
    }

    @Test func `lets go of what it no longer holds`() {
        weak var replaced: CacheEntry?
        weak var removed: CacheEntry?
        do {
            let first = entry(key(1), fetchedAt: 1)
            let second = entry(key(2), fetchedAt: 1)
            (replaced, removed) = (first, second)
            cache.insert(first)
            cache.insert(second)
        }
        #expect(replaced != nil && removed != nil)
        cache.insert(entry(key(1), fetchedAt: 2))
        cache.remove(2)
        #expect(replaced == nil && removed == nil)
    }

    @Test func `an entry outlives its eviction in the hands of a reader`() throws {
        cache.insert(entry(key(1)))
        let held = try #require(cache.entry(1))
        cache.removeAll()
        #expect(held.answer.identity.body.bytes.allSatisfy { $0 == 0x61 })
    }
}

@Suite struct CacheEntryTests {
    @Test func `one of many stale hits may refresh, and another one after the interval`() {
        let stale = entry(key(1))
        #expect(stale.claimRefresh(at: 1_000, retryingAfter: 500))
        #expect(!stale.claimRefresh(at: 1_000, retryingAfter: 500))
        #expect(!stale.claimRefresh(at: 1_499, retryingAfter: 500))
        #expect(stale.claimRefresh(at: 1_500, retryingAfter: 500))
    }

    @Test func `a renewed entry shares its bytes`() {
        let first = entry(key(1))
        let times = CacheEntry.Times(storedAt: 5, fetchedAt: 5, freshUntil: 6, memoryUntil: 7)
        let second = first.renewed(times, from: .redis)
        #expect(second.answer.identity === first.answer.identity)
        #expect(second.times == times && second.tier == .redis && second.key == first.key)
    }
}
