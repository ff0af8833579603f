import Caching
import MintcacheTesting
import SQLiteArchive
import Testing

@Suite struct `A store of jobs in the embedded archive` {
    @Test(arguments: JobStoreRule.allCases)
    func `keeps its promises`(rule: JobStoreRule) async throws {
        try await withArchive(.sqliteFile) { archive in
            guard let store = archive as? any JobStore else { throw TestSupportError("it keeps no jobs") }
            try await rule.check(store)
        }
    }
}
