import Testing

@testable import Tokens

@Suite("The history of events")
struct EventHistoryTests {
    private var history = EventHistory(capacity: 100)
    private let contract = ContractAddress(high: 1, middle: 2, low: 3)
    private let other = ContractAddress(high: 1, middle: 2, low: 4)

    private func log(
        _ token: UInt64, block: UInt64, fork: UInt64 = 0, index: UInt64 = 0, by contract: ContractAddress? = nil
    ) -> EventLog {
        EventLog(
            identity: .init(block: UInt256(fork, 0, 0, block), index: index, isRemoved: false), block: block,
            change: change(token, by: contract))
    }

    private func change(_ token: UInt64, by contract: ContractAddress? = nil) -> MetadataChange {
        .tokens(contract ?? self.contract, TokenRange(TokenIdentifier(token)))
    }

    @Test("counts an event once, however often it is read")
    mutating func once() {
        let logs = [log(7, block: 10), log(8, block: 11)]
        #expect(history.changes(in: logs, of: [contract], blocks: 1...20) == [change(7), change(8)])
        #expect(history.changes(in: logs, of: [contract], blocks: 5...25).isEmpty)
        let further = logs + [log(7, block: 22)]
        #expect(history.changes(in: further, of: [contract], blocks: 5...25) == [change(7)])
    }

    @Test("tells two events of one block apart by their place")
    mutating func places() {
        let logs = [log(7, block: 10), log(8, block: 10, index: 1)]
        #expect(history.changes(in: logs, of: [contract], blocks: 1...20) == [change(7), change(8)])
    }

    @Test("counts an event again that a reorganisation moved to another block")
    mutating func moved() {
        _ = history.changes(in: [log(7, block: 10)], of: [contract], blocks: 1...20)
        #expect(history.changes(in: [log(7, block: 11, fork: 1)], of: [contract], blocks: 1...20) == [change(7)])
        #expect(history.changes(in: [log(7, block: 11, fork: 1)], of: [contract], blocks: 1...20).isEmpty)
    }

    @Test("counts an event that a reorganisation took away as a change back, once")
    mutating func withdrawn() {
        _ = history.changes(in: [log(7, block: 10)], of: [contract], blocks: 1...20)
        #expect(history.changes(in: [], of: [contract], blocks: 5...20) == [change(7)])
        #expect(history.changes(in: [], of: [contract], blocks: 5...20).isEmpty)
    }

    @Test("does not miss events of blocks and contracts that were not asked about")
    mutating func elsewhere() {
        let mine = log(7, block: 10)
        let others = log(8, block: 10, index: 1, by: other)
        _ = history.changes(in: [mine, others], of: [contract, other], blocks: 1...20)
        #expect(history.changes(in: [], of: [contract, other], blocks: 11...20).isEmpty)
        #expect(history.changes(in: [], of: [other], blocks: 1...20) == [change(8, by: other)])
        #expect(history.changes(in: [mine], of: [contract], blocks: 1...20).isEmpty)
    }

    @Test("forgets what is not read again, and past its bound the oldest")
    mutating func bounded() {
        let logs = (0..<300).map { log($0, block: $0) }
        #expect(history.changes(in: logs, of: [contract], blocks: 0...299).count == 300)
        #expect(history.count <= 100)
        #expect(history.changes(in: [log(299, block: 299)], of: [contract], blocks: 299...299).isEmpty)
        history.forget(below: 290)
        #expect(history.count == 10)
    }
}
