import Caching
import Testing

@testable import Mintcache
@testable import Tokens

@Suite struct `The moment of a change` {
    private let bench: FlightBench
    private let chain = ChainIdentifier(eip155: 1)
    private let block = UInt256(7)

    init() throws {
        bench = try FlightBench()
    }

    /// What a look has found of token 1, in a block that the other instances read first at a moment.
    private func seen(readFirst moment: Int64?) async throws -> [UpdateMark] {
        let reference = try reference()
        let change = MetadataChange.tokens(reference.contract, TokenRange(reference.token))
        let log = EventLog(
            identity: EventLog.Identity(block: block, index: 0, isRemoved: false), block: 1, change: change)
        let tools = EventTools(
            loop: bench.loop, time: bench.time, memory: bench.memory, updates: bench.updates, journal: NoJournal(),
            moments: AgreedMoments(moment: moment), board: bench.board, contractUpdates: nil,
            counters: EventCounters(), log: silentLogger())
        return await SeenChanges.dated([change], in: [log], on: chain, tools).marks
    }

    @Test func `is the one at which any instance has read its block first`() async throws {
        let moment = bench.time.now - 5000
        #expect(try await seen(readFirst: moment).map(\.moment) == [moment])
    }

    @Test func `is now at the latest, whatever another clock says`() async throws {
        let marks = try await seen(readFirst: bench.time.now + 60_000)
        #expect(marks.count == 1 && marks.allSatisfy { $0.moment <= bench.time.now })
    }

    @Test func `is now when the others cannot be asked`() async throws {
        let before = bench.time.now
        let marks = try await seen(readFirst: nil)
        #expect(marks.count == 1 && marks.allSatisfy { $0.moment >= before })
    }
}

/// Moments that all blocks have; `nil` when the store is away.
private struct AgreedMoments: EventMoments {
    let moment: Int64?

    func firstReading(
        of blocks: [UInt256], on chain: ChainIdentifier, at now: Int64
    ) async throws(StoreError) -> [UInt256: Int64] {
        guard let moment else { throw .away }
        return Dictionary(uniqueKeysWithValues: blocks.map { ($0, moment) })
    }
}

private struct NoJournal: UpdateJournal {
    func remembered(within limit: Duration) async throws(StoreError) -> JournalContents { JournalContents() }

    func advance(to position: ChainPosition, marking marks: [UpdateMark]) async throws(StoreError) {}

    func forgetMarks(before moment: Int64) async throws(StoreError) {}

    func contracts(
        on chain: ChainIdentifier, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [ContractAddress] { [] }
}
