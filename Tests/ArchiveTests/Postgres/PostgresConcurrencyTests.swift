import Caching
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

@Suite(.sharedPostgres, .serialized)
struct `Several writers on one PostgreSQL` {
    /// Directly, or through a pooler in transaction mode, which gives each transaction any of two sessions.
    enum Way: CaseIterable {
        case direct, pooled

        func url(of database: TestDatabase) -> String { self == .direct ? database.url : database.pooledURL }
    }

    @Test(arguments: Way.allCases)
    func `neither deadlock nor lose the newest record`(way: Way) async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(way.url(of: database)) { first in
            try await withPostgresArchive(way.url(of: database)) { second in
                try await withThrowingTaskGroup(of: StoreReport.self) { group in
                    for (index, archive) in [first, second, first, second].enumerated() {
                        group.addTask {
                            var total = StoreReport()
                            for round in 0..<20 {
                                let time = Int64(round * 4 + index)
                                let records = (0..<200).map { record($0, json: "[\(time)]", fetchedAt: time) }
                                total.stored += try await archive.store(records.shuffled()).stored
                            }
                            return total
                        }
                    }
                    for try await report in group { #expect(report == StoreReport(stored: 4000)) }
                }
                let found = try await first.records(for: (0..<200).map(token), within: .seconds(5))
                #expect(found.count == 200)
                #expect(found.values.allSatisfy { $0.fetchedAt == 79 && $0.document == Array("[79]".utf8) })
            }
        }
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        #expect(try await database.query(deadlocks) == "0")
    }

    @Test(arguments: Way.allCases)
    func `set aside the bad rows among theirs, and land all the others`(way: Way) async throws {
        let database = try await SharedPostgres.database()
        let poisons = [#"{"name":"a\u0000b"}"#, "{,}", #"{"a":1e200000}"#].map { Array($0.utf8) }
        let codes = ["22P05", "22P02", "22003"]
        var records = (0..<600).map { record($0) }
        let bad = (0..<30).map { $0 * 19 + $0 % 4 }
        for (index, place) in bad.enumerated() { records[place].document = poisons[index % 3] }
        let offered = records
        try await withPostgresArchive(way.url(of: database)) { first in
            try await withPostgresArchive(way.url(of: database)) { second in
                try await withThrowingTaskGroup(of: StoreReport.self) { group in
                    for archive in [first, second, first, second] {
                        group.addTask { try await archive.store(offered.shuffled()) }
                    }
                    for try await report in group {
                        #expect(report.stored == 600)
                        #expect(report.rejected.map(\.reference) == bad.map { offered[$0].reference })
                        #expect(report.rejected.map(\.code) == bad.indices.map { codes[$0 % 3] })
                    }
                }
                let found = try await second.records(for: offered.map(\.reference), within: .seconds(5))
                #expect(offered.allSatisfy { found[$0.reference] == $0 })
            }
        }
        #expect(try await database.query("SELECT count(metadata), count(*) FROM nft_metadata") == "570|600")
        let aside = try await database.query(
            "SELECT token_id, sqlstate FROM nft_metadata_rejected ORDER BY token_id::int")
        #expect(aside == bad.enumerated().map { "\($1)|\(codes[$0 % 3])" }.joined(separator: "\n"))
    }

    @Test
    func `share statements for reads that come together`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { archive in
            _ = try await archive.store((0..<500).map { record($0) })
            let began = ContinuousClock.now
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<2000 as Range<UInt64> {
                    group.addTask {
                        let reference = token(number % 600)
                        let found = try await archive.records(for: [reference], within: .seconds(10))
                        return found == (number % 600 < 500 ? [reference: record(number % 600)] : [:])
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            print("postgres: 2,000 concurrent reads of one record each in \(ContinuousClock.now - began)")
        }
    }

    @Test
    func `refuse more waiting reads than the limit`() async throws {
        var limits = PostgresLimits()
        limits.waitingReads = 3
        limits.batchRows = 1
        try await withPostgresArchive(SharedPostgres.database().url, limits: limits) { archive async throws in
            let error = await #expect(throws: StoreError.self) {
                _ = try await archive.records(for: (0..<4).map(token), within: .seconds(5))
            }
            #expect(error?.kind == .overloaded)
            #expect(try await archive.records(for: (0..<3).map(token), within: .seconds(5)).isEmpty)
        }
    }
}
