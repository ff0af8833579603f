public import Caching
public import Tokens

extension SQLiteArchive: UpdateJournal {
    public func remembered(within limit: Duration) async throws(StoreError) -> JournalContents {
        try await reader.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.journal()
        }
    }

    public func advance(to position: ChainPosition, marking marks: [UpdateMark]) async throws(StoreError) {
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.transaction { () throws(SQLiteFailure) in
                try database.add(UpdateMark.latest(of: marks))
                try database.advance(to: position)
            }
        }
    }

    public func forgetMarks(before moment: Int64) async throws(StoreError) {
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.statement("DELETE FROM metadata_updates WHERE updated_at < ?").run([.integer(moment)])
        }
    }

    public func contracts(
        on chain: ChainIdentifier, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [ContractAddress] {
        try await reader.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.contracts(on: chain, atMost: count)
        }
    }
}
