import Caching
import MintcacheTesting
import Testing
import Tokens

/// What every archive promises to who wants to know which tokens it holds.
@Suite(.sharedPostgres, .serialized)
struct `Every archive's list of tokens` {
    private func everything(
        _ archive: any MetadataArchive, _ scope: ArchiveScope, by count: Int
    ) async throws -> [TokenReference] {
        var all: [TokenReference] = []
        while true {
            let page = try await archive.tokens(in: scope, after: all.last, atMost: count, within: .seconds(5))
            all += page
            if page.count < count { return all }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `names each once, page by page, and only those with documents`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            var records = (1...25).map { record($0) }
            records[3].outcome = .missing(reason: "gone")
            _ = try await archive.store(records)
            let held = Set(records.map(\.reference)).subtracting([records[3].reference])
            for count in [1, 7, 24, 100] {
                let all = try await everything(archive, .everything, by: count)
                #expect(all.count == 24 && Set(all) == held)
            }
            let contract = records[0].reference
            let part = try await everything(archive, .contract(contract.chain, contract.contract), by: 10)
            #expect(Set(part) == held)
            let other = ArchiveScope.contract(ChainIdentifier(eip155: 99), contract.contract)
            #expect(try await everything(archive, other, by: 10).isEmpty)
        }
    }
}
