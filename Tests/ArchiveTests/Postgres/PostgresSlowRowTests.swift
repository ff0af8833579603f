import Caching
import EventLoops
import Foundation
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

/// PostgreSQL ends a statement that takes too long, and does not say because of which row.
@Suite(.sharedPostgres, .serialized)
struct `A row that takes too long` {
    private static let others = "SELECT count(*) FROM nft_metadata WHERE token_id <> '130'"
    private static let slow = "SELECT count(*) FROM nft_metadata WHERE token_id = '130'"
    private static let aside = "SELECT token_id, sqlstate FROM nft_metadata_rejected"

    private static func limits() -> PostgresLimits {
        var limits = PostgresLimits()
        limits.statement = .milliseconds(100)
        limits.lock = .milliseconds(50)
        return limits
    }

    private static func slowDown(_ token: Int, on database: TestDatabase) async throws {
        try await database.query(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
            $$ BEGIN IF NEW.token_id = '\(token)' THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION slow();
            """)
    }

    /// Offers the records until the archive takes them or a number of times; nil when it never did.
    private static func offer(
        _ records: [TokenRecord], to archive: PostgresArchive, atMost times: Int = 20
    ) async -> (report: StoreReport, refusals: [StoreError])? {
        var refusals: [StoreError] = []
        for _ in 0..<times {
            do throws(StoreError) {
                return (try await archive.store(records), refusals)
            } catch {
                refusals.append(error)
            }
        }
        return nil
    }

    @Test
    func `lets the others land at the first attempt, and is set aside after several`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url, limits: Self.limits()) { archive in
            try await Self.slowDown(130, on: database)
            let records = (0..<300).map { record($0) }
            let error = await #expect(throws: StoreError.self) { _ = try await archive.store(records) }
            #expect(error?.kind == .timeout)
            #expect(error?.detail.contains("57014") == true)
            #expect(try await database.query(Self.others) == "299")
            #expect(try await database.query(Self.aside) == "")

            let (report, refusals) = try #require(await Self.offer(records, to: archive))
            #expect(report.stored == 299)
            #expect(report.rejected.map(\.reference) == [token(130)])
            #expect(report.rejected.map(\.code) == ["57014"])
            #expect((3...10).contains(refusals.count))
            #expect(try await database.query(Self.aside) == "130|57014")
            #expect(try await database.query(Self.slow) == "0")
        }
    }

    @Test
    func `is set aside though so many others are slow that they are not all tried at once`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url, limits: Self.limits()) { archive in
            try await database.query(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF NEW.token_id::numeric < 24 THEN RAISE 'slow' USING ERRCODE = 'query_canceled'; END IF; \
                RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION slow();
                """)
            let records = (0..<40).map { record($0) }
            let report = try #require(await Self.offer(records, to: archive, atMost: 60)).report
            #expect(report.stored == 16)
            #expect(Set(report.rejected.map(\.reference)) == Set((0..<24).map { token($0) }))
            #expect(report.rejected.allSatisfy { $0.code == "57014" })
            #expect(try await database.query("SELECT count(*) FROM nft_metadata_rejected") == "24")
            #expect(try await archive.store((100..<140).map { record($0) }) == StoreReport(stored: 40))
        }
    }

    @Test
    func `is found by a bounded number of attempts, and from then on goes alone`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            try await server.query(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN IF NEW.token_id IN ('130', '400') THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION slow();
                """)
            func timeouts() -> Int { server.log.components(separatedBy: "due to statement timeout").count - 1 }
            let records = (0..<500).map { record($0) }
            await #expect(throws: StoreError.self) { _ = try await archive.store(records) }
            #expect(timeouts() <= 20)
            #expect(try await server.query("SELECT count(*) FROM nft_metadata") == "498")
            let before = timeouts()
            await #expect(throws: StoreError.self) { _ = try await archive.store(records) }
            #expect(timeouts() == before + 2)
        }
    }

    @Test
    func `because somebody holds its lock lands when that is over`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url, limits: Self.limits()) { archive in
            _ = try await archive.store([record(130)])
            let locker = Task {
                try await database.query(
                    "BEGIN; SELECT FROM nft_metadata WHERE token_id = '130' FOR UPDATE; SELECT pg_sleep(30)")
            }
            try await eventually("the lock") { try await database.query(Self.sleepers) != "" }
            let newer = (0..<200).map { record($0, json: "[2]", fetchedAt: 1_800_000_000_000) }
            let error = await #expect(throws: StoreError.self) { _ = try await archive.store(newer) }
            #expect(error?.kind == .overloaded)
            #expect(error?.detail.contains("55P03") == true)
            #expect(try await database.query(Self.others) == "199")
            try await database.query("SELECT pg_terminate_backend(pid) FROM (\(Self.sleepers)) AS sleepers")
            await #expect(throws: (any Error).self) { try await locker.value }
            let report = try #require(await Self.offer(newer, to: archive)).report
            #expect(report == StoreReport(stored: 200))
            #expect(try await archive.records(for: [token(130)], within: .seconds(5))[token(130)] == newer[130])
            #expect(try await database.query(Self.aside) == "")
        }
    }

    private static let sleepers =
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"

    @Test
    func `because the whole table is locked is never set aside`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url, limits: Self.limits()) { archive in
            _ = try await archive.store([record(1)])
            let locker = Task {
                try await database.query("BEGIN; LOCK TABLE nft_metadata IN SHARE MODE; SELECT pg_sleep(30)")
            }
            try await eventually("the lock") { try await database.query(Self.sleepers) != "" }
            #expect(await Self.offer([record(130)], to: archive, atMost: 12) == nil)
            #expect(await Self.offer((100..<140).map { record($0) }, to: archive, atMost: 2) == nil)
            #expect(try await database.query(Self.aside) == "")
            try await database.query("SELECT pg_terminate_backend(pid) FROM (\(Self.sleepers)) AS sleepers")
            await #expect(throws: (any Error).self) { try await locker.value }
            let report = try #require(await Self.offer((100..<140).map { record($0) }, to: archive)).report
            #expect(report == StoreReport(stored: 40))
            #expect(try await database.query(Self.aside) == "")
        }
    }
}
