import Testing

@testable import Caching

@Suite struct EvictionTests {
    /// One shard that holds somewhat over a hundred entries of 8 KiB.
    private let cache = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 1))

    private func insert(_ numbers: Range<Int>, size: Int = 8 << 10) {
        for number in numbers { cache.insert(entry(key(number), size: size)) }
    }

    @Test func `what is asked for again survives a walk over everything`() {
        insert(0..<40)
        for _ in 0..<2 { for number in 0..<40 { #expect(cache.entry(number) != nil) } }
        insert(1_000..<3_000)
        #expect((0..<40).allSatisfy { cache.entry($0) != nil })
    }

    @Test func `what was asked for once makes room`() {
        insert(0..<40)
        insert(1_000..<3_000)
        #expect((0..<40).allSatisfy { cache.entry($0) == nil })
        #expect(cache.statistics.evictions > 1_900)
    }

    @Test func `one more hit than none does not keep a newcomer`() {
        insert(0..<1)
        #expect(cache.entry(0) != nil)
        insert(1_000..<3_000)
        #expect(cache.entry(0) == nil)
    }

    @Test func `a key that comes back shortly after it left is kept this time`() {
        insert(0..<1)
        var next = 1_000
        // The first to come is the first to leave.
        while cache.statistics.evictions == 0 {
            insert(next..<(next + 1))
            next += 1
        }
        insert(0..<1)
        #expect(cache.statistics.ghostAdmissions == 1)
        insert(10_000..<13_000)
        #expect(cache.entry(0) != nil)
    }

    @Test func `a key that comes back long after it left is a newcomer again`() {
        insert(0..<1)
        insert(1_000..<6_000)
        insert(0..<1)
        #expect(cache.statistics.ghostAdmissions == 0)
        insert(10_000..<13_000)
        #expect(cache.entry(0) == nil)
    }

    @Test func `what nobody asks for any more leaves the main queue`() {
        insert(0..<40)
        for _ in 0..<3 { for number in 0..<40 { #expect(cache.entry(number) != nil) } }
        // Another set becomes popular, large enough to need all the room.
        for round in 0..<12 {
            for number in 1_000..<1_110 {
                if cache.entry(number) == nil { insert(number..<(number + 1)) }
                if round < 6 { _ = cache.entry(number) }
            }
        }
        #expect((0..<40).count { cache.lastKnownEntry($0) != nil } < 10)
    }

    @Test func `room is made though every entry is popular`() {
        insert(0..<90)
        for _ in 0..<4 { for number in 0..<90 { #expect(cache.entry(number) != nil) } }
        for number in 500..<600 {
            #expect(cache.insert(entry(key(number), size: 32 << 10)))
            #expect(cache.bytes <= 1 << 20)
        }
    }

    @Test func `the budget holds after every single step`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let number = Int.random(in: 0..<400, using: &generator)
            let size = Int.random(in: 0...(60 << 10), using: &generator)
            cache.insert(entry(key(number), size: size))
            _ = cache.entry(Int.random(in: 0..<400, using: &generator))
            #expect(cache.bytes <= 1 << 20)
        }
        #expect(cache.bytes > 900 << 10)
    }

    @Test func `a tiny budget still works`() {
        let tiny = MemoryCache(MemoryCache.Limits(bytes: 1, entryBytes: 1 << 20))
        for number in 0..<1_000 {
            tiny.insert(entry(key(number), size: 512))
            #expect(tiny.bytes <= 64 << 10)
        }
        #expect(tiny.count > 10)
    }

    @Test func `popular keys are found more often than by keeping the latest`() {
        let small = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 1))
        var generator = SystemRandomNumberGenerator()
        var latest: [Int] = []
        var (hits, latestHits) = (0, 0)
        for step in 0..<30_000 {
            // Half of the requests go to few keys, the rest walks along.
            let number = Bool.random(using: &generator) ? Int.random(in: 0..<80, using: &generator) : 1_000 + step
            if small.entry(number) != nil { hits += 1 } else { small.insert(entry(key(number), size: 8 << 10)) }
            if let place = latest.firstIndex(of: number) {
                latestHits += 1
                latest.remove(at: place)
            }
            latest.append(number)
            if latest.count > small.count { latest.removeFirst() }
        }
        #expect(hits > latestHits)
        #expect(hits > 14_000)
    }
}

@Suite struct SlotTableTests {
    @Test func `keys with one hash are told apart by their bytes`() {
        var table = SlotTable(capacity: 4)
        let entries = (0..<3).map { entry(key($0)) }
        let indices = entries.map { table.insert(.token($0), hash: 42, cost: 1, queue: .small) }
        for (number, index) in indices.enumerated() {
            let found = key(number).withUnsafeBytes { table.find(hash: 42, key: $0) }
            #expect(found == index)
        }
        let missing = key(9).withUnsafeBytes { table.find(hash: 42, key: $0) }
        #expect(missing == Slot.none)
        let removed = table.remove(indices[1])
        #expect(removed?.key == entries[1].key)
        let gone = key(1).withUnsafeBytes { table.find(hash: 42, key: $0) }
        let kept = [0, 2].map { number in key(number).withUnsafeBytes { table.find(hash: 42, key: $0) } }
        #expect(gone == Slot.none)
        #expect(kept == [indices[0], indices[2]])
    }

    @Test func `freed slots are used again`() {
        var table = SlotTable(capacity: 3)
        for round in 0..<100 {
            let indices = (0..<3).map {
                table.insert(.token(entry(key($0 + round))), hash: UInt64($0), cost: 1, queue: .main)
            }
            let isFull = table.isFull
            #expect(isFull && Set(indices) == [0, 1, 2])
            for index in indices.shuffled() {
                let removed = table.remove(index)
                #expect(removed != nil)
            }
            let count = table.count
            #expect(count == 0)
        }
    }
}

@Suite struct GhostQueueTests {
    @Test func `remembers what is within the window, once`() {
        var ghost = GhostQueue(capacity: 1_024)
        let hashes = (0..<100).map { _ in UInt64.random(in: 0 ... .max) }
        for hash in hashes { ghost.remember(hash) }
        let recent = hashes.suffix(10).allSatisfy { ghost.forget($0, window: 10) }
        let again = hashes.suffix(10).contains { ghost.forget($0, window: 10) }
        let old = hashes.prefix(10).contains { ghost.forget($0, window: 10) }
        #expect(recent && !again && !old)
    }

    @Test func `never recalls much more than was remembered`() {
        var ghost = GhostQueue(capacity: 1_024)
        for _ in 0..<10_000 { ghost.remember(UInt64.random(in: 0 ... .max)) }
        let strangers = (0..<10_000).count { _ in ghost.forget(UInt64.random(in: 0 ... .max), window: 1_024) }
        #expect(strangers == 0)
    }
}
