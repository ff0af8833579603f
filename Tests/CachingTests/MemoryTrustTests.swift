import Caching
import Testing

@Suite("What memory may answer with") struct MemoryTrustTests {
    private let memory = MemoryCache(.init(bytes: 1 << 20, entryBytes: 1 << 16))

    private func put(_ number: Int) -> CacheEntry {
        let entry = entry(key(number))
        memory.insert(entry)
        return entry
    }

    @Test func `is nothing of before a doubt, until it was looked at`() {
        let (first, second) = (put(1), put(2))
        memory.doubtAll()
        #expect(memory.entry(1) == nil && memory.entry(2) == nil)
        #expect(memory.lastKnownEntry(1) === first)
        #expect(memory.isTrusted(first))
        memory.vouch(for: first)
        #expect(memory.entry(1) === first)
        #expect(memory.entry(2) == nil)
        #expect(memory.lastKnownEntry(2) === second)
    }

    @Test func `is whatever comes after a doubt`() {
        memory.doubtAll()
        let entry = put(1)
        #expect(memory.entry(1) === entry)
    }

    @Test func `is not trusted without asking a tier below after a gap`() {
        let before = put(1)
        memory.distrustAll()
        let after = put(2)
        #expect(memory.entry(1) == nil)
        #expect(!memory.isTrusted(before))
        #expect(memory.isTrusted(after))
        #expect(memory.entry(2) === after)
    }

    @Test func `leaves out one token alone when told so`() {
        let (first, second) = (put(1), put(2))
        key(1).withUnsafeBytes { memory.distrust(forKey: $0) }
        #expect(memory.entry(1) == nil)
        #expect(!memory.isTrusted(first))
        #expect(memory.entry(2) === second)
    }

    @Test func `is nothing while it is closed, and what it was afterwards`() {
        let first = put(1)
        memory.setClosed(true)
        let second = put(2)
        #expect(memory.entry(1) == nil && memory.entry(2) == nil)
        #expect(!memory.isTrusted(second))
        memory.doubtAll()
        let third = put(3)
        memory.setClosed(false)
        #expect(memory.entry(1) == nil && memory.entry(2) == nil)
        #expect(memory.entry(3) === third)
        #expect(memory.isTrusted(first))
    }

    @Test func `is as right as what it was made from`() {
        let source = put(1)
        memory.doubtAll()
        let made = entry(key(2))
        memory.insert(made, madeFrom: source)
        #expect(memory.entry(2) == nil)
    }

    @Test func `goes for responses, too`() {
        let entry = ResponseEntry(key: key(1), variants: [response()], times: times())
        memory.insert(entry)
        memory.doubtAll()
        #expect(memory.responses(1) == nil)
        #expect(memory.isTrusted(entry))
        memory.vouch(for: entry)
        #expect(memory.responses(1) === entry)
        memory.distrustAll()
        #expect(!memory.isTrusted(entry))
    }
}
