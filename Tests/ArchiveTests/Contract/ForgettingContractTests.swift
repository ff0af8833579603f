import Caching
import Testing
import Tokens

/// What every archive promises about deletion.
@Suite(.sharedPostgres, .serialized)
struct `An archive told to forget` {
    private static func elsewhere(_ number: UInt64, fetchedAt: Int64) throws -> TokenRecord {
        let like = record(number, fetchedAt: fetchedAt)
        let address = try ContractAddress(parsing: "0x00000000000000000000000000000000000000bb")
        let reference = TokenReference(
            chain: like.reference.chain, contract: address, token: like.reference.token)
        return TokenRecord(
            reference: reference, outcome: .document, source: "", document: like.document, etag: "",
            fetchedAt: fetchedAt, freshUntil: fetchedAt)
    }

    @Test(arguments: ArchiveKind.allCases)
    func `a token deletes that row alone`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            _ = try await archive.store((1...3).map { record($0, fetchedAt: 1000) })
            #expect(try await archive.forget(.token(token(2)), fetchedBefore: 2000, atMost: 10) == 1)
            #expect(try await archive.forget(.token(token(2)), fetchedBefore: 2000, atMost: 10) == 0)
            let left = try await archive.records(for: (1...3).map(token), within: .seconds(5))
            #expect(Set(left.keys) == [token(1), token(3)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `a contract leaves the other contracts`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            let other = try Self.elsewhere(1, fetchedAt: 1000)
            _ = try await archive.store((1...3).map { record($0, fetchedAt: 1000) } + [other])
            let scope = ArchiveScope.contract(token(1).chain, token(1).contract)
            #expect(try await archive.forget(scope, fetchedBefore: 2000, atMost: 10) == 3)
            let left = try await archive.records(
                for: (1...3).map(token) + [other.reference], within: .seconds(5))
            #expect(Set(left.keys) == [other.reference])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `everything keeps what was fetched since`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            let other = try Self.elsewhere(9, fetchedAt: 1999)
            _ = try await archive.store([record(1, fetchedAt: 1000), record(2, fetchedAt: 2000), other])
            #expect(try await archive.forget(.everything, fetchedBefore: 2000, atMost: 10) == 2)
            let left = try await archive.records(for: [token(1), token(2), other.reference], within: .seconds(5))
            #expect(left == [token(2): record(2, fetchedAt: 2000)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `many rows does so a piece at a time`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            _ = try await archive.store((0..<250).map { record($0, fetchedAt: 1000) })
            var pieces: [Int] = []
            repeat {
                pieces.append(try await archive.forget(.everything, fetchedBefore: 2000, atMost: 100))
            } while pieces.last != 0
            #expect(pieces == [100, 100, 50, 0])
        }
    }
}
