public import Tokens

/// What is remembered of chains' events beyond the end of the process: how far they were read, and what they said.
public protocol UpdateJournal: Sendable {
    /// Everything remembered.
    ///
    /// - Parameter limit: the time after which the call fails with `.timeout`.
    func remembered(within limit: Duration) async throws(StoreError) -> JournalContents

    /// Takes marks, and with them, all or nothing, the position up to which they tell everything. Of two marks of the
    /// same tokens the later one stays; marks of tokens that a new one covers, and that are no later, go.
    func advance(to position: ChainPosition, marking marks: [UpdateMark]) async throws(StoreError)

    /// Drops marks of before a moment, in milliseconds since 1970.
    func forgetMarks(before moment: Int64) async throws(StoreError)

    /// Contracts of the chain with records in the archive, in no particular order.
    ///
    /// - Parameter count: the most that are named.
    func contracts(
        on chain: ChainIdentifier, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [ContractAddress]
}

/// What a journal holds.
public struct JournalContents: Sendable, Equatable {
    public var positions: [ChainPosition]
    public var marks: [UpdateMark]

    public init(positions: [ChainPosition] = [], marks: [UpdateMark] = []) {
        self.positions = positions
        self.marks = marks
    }
}
