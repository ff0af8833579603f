import Testing
import Tokens

@testable import Mintcache

@Suite struct `Marks of updates` {
    private let chain = ChainIdentifier(eip155: 1)
    private let marks = UpdateMarks(contractLimit: 4, chainLimit: 6)

    private func mark(
        _ first: UInt64, _ last: UInt64? = nil, at moment: Int64, contract number: UInt64 = 0xaa, chain: UInt64 = 1
    ) throws -> UpdateMark {
        let digits = TokenIdentifier(number).paddedHex.suffix(40)
        return UpdateMark(
            chain: ChainIdentifier(eip155: chain), contract: try ContractAddress(parsing: "0x" + digits),
            tokens: TokenRange(TokenIdentifier(first), TokenIdentifier(last ?? first)), moment: moment)
    }

    private func isOutdated(_ number: UInt64, fetchedAt: Int64) throws -> Bool {
        marks.isOutdated(try record(number, fetchedAt: fetchedAt))
    }

    @Test func `are about what was read before them, and about their tokens alone`() throws {
        marks.add([try mark(5, 7, at: 100)], on: chain)
        #expect(try [4, 5, 6, 7, 8].map { try isOutdated($0, fetchedAt: 99) } == [false, true, true, true, false])
        #expect(try !isOutdated(5, fetchedAt: 100))
        #expect(try marks.latest(for: reference(5, chain: 2)) == nil)
    }

    @Test func `of which the latest counts`() throws {
        marks.add([try mark(5, at: 100), try mark(1, 9, at: 300), try mark(5, at: 200)], on: chain)
        #expect(try marks.latest(for: reference(5))?.moment == 300)
        #expect(try marks.latest(for: reference(5))?.sequence == 3)
        #expect(try marks.latest(for: reference(1))?.sequence == 2)
        #expect(marks.sequence == 3)
    }

    @Test func `replace those that they cover`() throws {
        marks.add([try mark(1, at: 100), try mark(2, at: 100), try mark(3, at: 500)], on: chain)
        marks.add([try mark(1, 9, at: 200)], on: chain)
        #expect(marks.count == 2)
        #expect(try isOutdated(3, fetchedAt: 499) && isOutdated(2, fetchedAt: 199) && !isOutdated(2, fetchedAt: 200))
    }

    @Test func `are of the whole contract when there are many of it`() throws {
        let outcome = marks.add(try (1...5).map { try mark($0 * 2, at: 100 + Int64($0)) }, on: chain)
        #expect(outcome.marks.last?.tokens == .all)
        #expect(outcome.chainOutdatedBefore == nil)
        #expect(marks.count == 1)
        #expect(try isOutdated(1, fetchedAt: 104) && !isOutdated(1, fetchedAt: 105))
    }

    @Test func `are of the whole chain when there are many of it`() throws {
        let outcome = marks.add(try (1...7).map { try mark(1, at: 100, contract: $0) }, on: chain)
        #expect(outcome == .init(chainOutdatedBefore: 100))
        #expect(marks.count == 1)
        #expect(try isOutdated(77, fetchedAt: 99) && !isOutdated(77, fetchedAt: 100))
        #expect(try marks.latest(for: reference(1, chain: 2)) == nil)
    }

    @Test func `of a whole chain leave only later ones`() throws {
        marks.add([try mark(1, at: 100), try mark(2, at: 300)], on: chain)
        marks.addAll(of: chain, at: 200)
        #expect(marks.count == 2)
        #expect(try isOutdated(1, fetchedAt: 199) && !isOutdated(1, fetchedAt: 200) && isOutdated(2, fetchedAt: 299))
        marks.addAll(of: chain, at: 150)
        #expect(try isOutdated(1, fetchedAt: 199))
    }

    @Test func `are forgotten in time`() throws {
        marks.add([try mark(1, at: 100), try mark(2, at: 300)], on: chain)
        marks.addAll(of: ChainIdentifier(eip155: 2), at: 100)
        marks.forget(before: 200)
        #expect(marks.count == 1)
        #expect(try !isOutdated(1, fetchedAt: 0) && isOutdated(2, fetchedAt: 0))
    }
}

@Suite struct `Contracts whose events matter` {
    private let contracts = HeldContracts()
    private let chain = ChainIdentifier(eip155: 1)

    private func key(_ number: UInt64) throws -> CollectionKey {
        let digits = TokenIdentifier(number).paddedHex.suffix(40)
        return CollectionKey(chain: chain, contract: try ContractAddress(parsing: "0x" + digits))
    }

    @Test func `are those that are held, and those being looked for, once each and in order`() throws {
        contracts.enter(try key(3))
        contracts.enter(try key(3))
        contracts.hold(try key(1))
        contracts.hold(try key(3))
        contracts.enter(try key(2))
        #expect(try contracts.contracts(on: chain) == [1, 2, 3].map { try key($0).contract })
        contracts.leave(try key(2))
        contracts.leave(try key(3))
        #expect(try contracts.contracts(on: chain) == [1, 3].map { try key($0).contract })
        #expect(contracts.contracts(on: ChainIdentifier(eip155: 2)).isEmpty)
    }

    @Test func `are forgotten past their limit, those of longest ago first`() throws {
        for number in 1...(UInt64(HeldContracts.limit)) { contracts.hold(try key(number)) }
        contracts.hold(try key(1))
        contracts.hold(try key(1_000_000))
        let left = Set(contracts.contracts(on: chain))
        #expect(left.count <= HeldContracts.limit)
        #expect(try left.isSuperset(of: [key(1).contract, key(1_000_000).contract, key(10_000).contract]))
        #expect(try !left.contains(key(2).contract))
    }
}
