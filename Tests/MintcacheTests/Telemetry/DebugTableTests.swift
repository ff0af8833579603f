import Testing
import Tokens

@testable import Mintcache

@Suite struct `Collections under debugging` {
    private let table = DebugTable()
    private let now: Int64 = 1_000_000

    private func collection(_ number: UInt8) throws -> CollectionKey {
        let chain = try ChainIdentifier(caip2: "eip155:1")
        let digits = "0x" + String(repeating: "0", count: 38) + (number < 16 ? "0" : "") + String(number, radix: 16)
        return CollectionKey(chain: chain, contract: try ContractAddress(parsing: digits))
    }

    private func rule(_ number: UInt8, seconds: Int64, sample: Double = 1) throws -> DebugTable.Rule {
        DebugTable.Rule(collection: try collection(number), until: now + seconds * 1000, sample: sample)
    }

    @Test func `are those asked for, until their time is up`() throws {
        #expect(table.set(try rule(1, seconds: 60), at: now))
        #expect(table.wants(try collection(1), at: now))
        #expect(!table.wants(try collection(2), at: now))
        #expect(!table.wants(try collection(1), at: now + 60_000))
        #expect(table.current(at: now + 60_000).isEmpty)
    }

    @Test func `end when they are given no more time`() throws {
        #expect(table.set(try rule(1, seconds: 60), at: now))
        #expect(table.set(try rule(1, seconds: 0), at: now))
        #expect(!table.wants(try collection(1), at: now))
    }

    @Test func `are sampled`() throws {
        #expect(table.set(try rule(1, seconds: 60, sample: 0), at: now))
        #expect(table.set(try rule(2, seconds: 60, sample: 0.5), at: now))
        let (never, half) = (try collection(1), try collection(2))
        #expect((0..<100).allSatisfy { _ in !table.wants(never, at: now) })
        #expect((100...900).contains((0..<1000).count { _ in table.wants(half, at: now) }))
    }

    @Test func `are bounded in number, and changing one is always possible`() throws {
        for number in 1...UInt8(DebugTable.capacity) { #expect(table.set(try rule(number, seconds: 60), at: now)) }
        #expect(!table.set(try rule(100, seconds: 60), at: now))
        #expect(table.set(try rule(1, seconds: 90), at: now))
        #expect(table.set(try rule(100, seconds: 60), at: now + 60_000))
    }
}
