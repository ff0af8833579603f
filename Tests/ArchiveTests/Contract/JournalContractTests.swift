import Caching
import MintcacheTesting
import Testing
import Tokens

/// What every archive promises about chains' events.
@Suite(.sharedPostgres, .serialized)
struct `Every journal of events` {
    private static let chain = ChainIdentifier(eip155: 1)

    private func position(_ block: UInt64, chain: UInt64 = 1, outdatedBefore: Int64 = 0) -> ChainPosition {
        ChainPosition(
            chain: ChainIdentifier(eip155: chain), block: block, hash: UInt256(.max, 2, 3, block),
            outdatedBefore: outdatedBefore)
    }

    private func mark(_ first: UInt64, _ last: UInt64, at moment: Int64) -> UpdateMark {
        UpdateMark(
            chain: Self.chain, contract: token(1).contract,
            tokens: TokenRange(TokenIdentifier(first), TokenIdentifier(last)), moment: moment)
    }

    private func journal(
        _ kind: ArchiveKind, _ body: (any MetadataArchive & UpdateJournal) async throws -> Void
    ) async throws {
        try await withArchive(kind) { archive in
            guard let journal = archive as? any MetadataArchive & UpdateJournal else {
                throw TestSupportError("the archive keeps no journal")
            }
            try await body(journal)
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `is empty at first`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            #expect(try await journal.remembered(within: .seconds(5)) == JournalContents())
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `gives back positions and marks, whatever their size`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            let whole = UpdateMark(
                chain: Self.chain, contract: token(1).contract, tokens: .all, moment: 1_700_000_000_123)
            var far = position(UInt64(Int64.max), chain: 2, outdatedBefore: 1_700_000_000_456)
            far.hash = .zero
            try await journal.advance(to: position(7), marking: [whole])
            try await journal.advance(to: far, marking: [])
            let contents = try await journal.remembered(within: .seconds(5))
            #expect(Set(contents.positions) == [position(7), far])
            #expect(contents.marks == [whole])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `lets a position go back, but no moment`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            try await journal.advance(to: position(9, outdatedBefore: 500), marking: [mark(1, 1, at: 200)])
            try await journal.advance(to: position(5), marking: [mark(1, 1, at: 100)])
            let contents = try await journal.remembered(within: .seconds(5))
            #expect(contents.positions == [position(5, outdatedBefore: 500)])
            #expect(contents.marks == [mark(1, 1, at: 200)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `drops marks that a new one covers`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            let old = [mark(1, 1, at: 100), mark(5, 300, at: 100), mark(9, 10, at: 300), mark(250, 301, at: 100)]
            try await journal.advance(to: position(1), marking: old)
            try await journal.advance(to: position(2), marking: [mark(1, 300, at: 200), mark(1, 300, at: 150)])
            let marks = try await journal.remembered(within: .seconds(5)).marks.sorted()
            #expect(marks == [mark(1, 300, at: 200), mark(9, 10, at: 300), mark(250, 301, at: 100)])
            try await journal.forgetMarks(before: 200)
            let left = try await journal.remembered(within: .seconds(5)).marks.sorted()
            #expect(left == [mark(1, 300, at: 200), mark(9, 10, at: 300)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `names the contracts that the archive has records of`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            var records = (1...20 as ClosedRange<UInt64>).flatMap { number -> [TokenRecord] in
                guard let contract = try? ContractAddress(parsing: "0x" + TokenIdentifier(number).paddedHex.suffix(40))
                else { return [] }
                return (0..<3 as Range<UInt64>).map { id in
                    var record = record(id)
                    record.reference = TokenReference(
                        chain: Self.chain, contract: contract, token: TokenIdentifier(id))
                    return record
                }
            }
            #expect(records.count == 60)
            records[59].reference = TokenReference(
                chain: ChainIdentifier(eip155: 2), contract: token(1).contract, token: TokenIdentifier(1))
            #expect(try await journal.store(records).stored == 60)
            let named = try await journal.contracts(on: Self.chain, atMost: 100, within: .seconds(5))
            #expect(Set(named) == Set(records.dropLast().map(\.reference.contract)) && named.count == 20)
            #expect(try await journal.contracts(on: Self.chain, atMost: 7, within: .seconds(5)).count == 7)
            let elsewhere = ChainIdentifier(eip155: 3)
            #expect(try await journal.contracts(on: elsewhere, atMost: 7, within: .seconds(5)).isEmpty)
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `refuses work after closing`(_ kind: ArchiveKind) async throws {
        try await journal(kind) { journal async throws in
            await journal.close()
            await #expect(throws: StoreError.self) { try await journal.advance(to: position(1), marking: []) }
            await #expect(throws: StoreError.self) { _ = try await journal.remembered(within: .seconds(1)) }
        }
    }
}
