import Caching
import Dispatch
import Synchronization
import Testing

@Suite struct MemoryCacheModelTests {
    @Test(arguments: [1, 8])
    func `agrees with a plain dictionary through any sequence of calls`(_ shards: Int) {
        let cache = MemoryCache(MemoryCache.Limits(bytes: 512 << 10, entryBytes: 16 << 10, shards: shards))
        var model: [Int: CacheEntry] = [:]
        let body = digits(12_000)
        var generator = SystemRandomNumberGenerator()
        for step in 0..<30_000 {
            let number = Int.random(in: 0..<300, using: &generator)
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<45:
                let found = cache.lastKnownEntry(number)
                #expect(found == nil || found === model[number])
            case 45..<50:
                guard let found = cache.lastKnownEntry(number) else { break }
                _ = cache.representation(of: found, for: accepting("gzip"))
            case 50..<90:
                let size = Int.random(in: 0...12_000, using: &generator)
                let stored = compressible(key(number), Array(body.prefix(size)), fetchedAt: Int64(step))
                #expect(cache.insert(stored))
                model[number] = stored
            case 90..<99:
                cache.remove(number)
                model[number] = nil
                #expect(cache.lastKnownEntry(number) == nil)
            default:
                if step % 50 == 0 {
                    cache.removeAll()
                    model = [:]
                }
            }
            #expect(cache.bytes <= 512 << 10)
        }
        let found = (0..<300).count { cache.lastKnownEntry($0) != nil }
        #expect(found == cache.count)
        #expect(cache.removeAll() == found)
    }

    @Test func `many threads never see another key's entry, and the books balance`() {
        let cache = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 4))
        let faults = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 6) { thread in
            var generator = SystemRandomNumberGenerator()
            for step in 0..<10_000 {
                let number = Int.random(in: 0..<500, using: &generator)
                switch step % 8 {
                case 0...4:
                    if let found = cache.entry(number), found.key != key(number) {
                        faults.add(1, ordering: .relaxed)
                    }
                case 5, 6: cache.insert(entry(key(number), size: 4_000, fetchedAt: Int64(step)))
                default:
                    if step % 1_000 == 7, thread == 0 { cache.removeAll() } else { cache.remove(number) }
                }
            }
        }
        #expect(faults.load(ordering: .relaxed) == 0)
        #expect(cache.bytes <= 1 << 20)
        #expect((0..<500).count { cache.lastKnownEntry($0) != nil } == cache.count)
        let statistics = cache.statistics
        #expect(statistics.hits + statistics.misses == 6 * 10_000 / 8 * 5)
    }

    @Test func `of many threads one gets to refresh`() {
        let stale = entry(key(1))
        let winners = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<1_000 where stale.claimRefresh(at: 1_000, retryingAfter: 10_000) {
                winners.add(1, ordering: .relaxed)
            }
        }
        #expect(winners.load(ordering: .relaxed) == 1)
    }
}
