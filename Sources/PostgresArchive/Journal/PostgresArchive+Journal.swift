public import Caching
import EventLoops
public import Tokens

extension PostgresArchive: UpdateJournal {
    public func remembered(within limit: Duration) async throws(StoreError) -> JournalContents {
        let deadline = MonotonicTime.current + limit
        let positions = try await read(.selectPositions, until: deadline)
        let marks = try await read(.selectMarks, until: deadline)
        return JournalContents(positions: positions.positions, marks: marks.marks)
    }

    public func advance(to position: ChainPosition, marking marks: [UpdateMark]) async throws(StoreError) {
        let marks = UpdateMark.latest(of: marks)
        var statements: [PostgresStatement] = []
        if !marks.isEmpty { statements += [.forgetCovered(by: marks), .add(marks)] }
        try await write(statements + [.advance(to: position)])
    }

    public func forgetMarks(before moment: Int64) async throws(StoreError) {
        try await write([.forgetMarks(before: moment)])
    }

    public func contracts(
        on chain: ChainIdentifier, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [ContractAddress] {
        let deadline = MonotonicTime.current + limit
        let result = try await read(.selectContracts(on: chain, atMost: count), until: deadline)
        return (0..<result.rowCount).compactMap { row in
            result.text(row: row, column: 0).flatMap { try? ContractAddress(parsing: $0) }
        }
    }

    func read(
        _ statement: PostgresStatement, until deadline: MonotonicTime
    ) async throws(StoreError) -> PostgresResult {
        guard !isClosed else { throw Self.closed }
        do throws(PostgresFailure) {
            return try await writer.read(statement, within: deadline - .current)
        } catch {
            throw error.storeError
        }
    }
}
