import Caching
import EventLoops
import Foundation
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

/// What PostgreSQL says when something is wrong with it, and not with the rows.
@Suite(.serialized)
struct `An error that is not the rows' fault` {
    /// Has the server refuse every row with this SQLSTATE until ``mend(_:)``.
    private static func refuse(with code: String, on server: PostgresServer) async throws {
        try await server.query(
            """
            CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
            $$ BEGIN RAISE EXCEPTION 'out of order' USING ERRCODE = '\(code)'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION refuse();
            """)
    }

    private static func mend(_ server: PostgresServer) async throws {
        try await server.query("DROP TRIGGER refuse ON nft_metadata")
    }

    /// Offers the records until the archive takes them, as the outbox does.
    private static func insist(_ records: [TokenRecord], on archive: PostgresArchive) async throws {
        try await eventually(within: .seconds(5), "the archive takes the records") {
            do throws(StoreError) {
                return try await archive.store(records) == StoreReport(stored: records.count)
            } catch {
                return false
            }
        }
    }

    @Test
    func `asks for another try, sets nothing aside and is over when its cause is`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url) { archive in
            for code in [
                "08006", "25006", "25P02", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01",
                "57P03", "58030",
            ] {
                try await Self.refuse(with: code, on: server)
                let error = await #expect(throws: StoreError.self, "\(code)") {
                    _ = try await archive.store((0..<5).map { record($0) })
                }
                #expect(error?.detail.contains(code) == true)
                try await Self.mend(server)
                try await Self.insist((0..<5).map { record($0) }, on: archive)
            }
            #expect(try await server.query("SELECT count(*) FROM nft_metadata_rejected") == "0")
        }
    }

    @Test
    func `may be a deadlock with somebody else's transaction, which is undone whole and works the next time`()
        async throws
    {
        let server = try await PostgresServer.start(configuration: ["deadlock_timeout=2s"])
        var limits = PostgresLimits()
        limits.lock = .seconds(20)
        limits.statement = .seconds(20)
        limits.write = .seconds(20)
        try await withPostgresArchive(server.url, limits: limits) { archive in
            _ = try await archive.store([record(1), record(2)])
            // A session looks for a deadlock once, so long after it began to wait: the archive's does after the other
            // has begun to wait for it, and gives way.
            let other = Task {
                try await server.query(
                    """
                    SET deadlock_timeout = '60s'; BEGIN; UPDATE nft_metadata SET error = 'x' WHERE token_id = '2';
                    SELECT pg_sleep(0.5); UPDATE nft_metadata SET error = 'x' WHERE token_id = '1'; COMMIT;
                    """)
            }
            try await eventually("the other's first lock") {
                try await server.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
            }
            let newer = [record(1, fetchedAt: 1_800_000_000_000), record(2, fetchedAt: 1_800_000_000_000)]
            let error = await #expect(throws: StoreError.self) { _ = try await archive.store(newer) }
            #expect(error?.kind == .overloaded)
            #expect(error?.detail.contains("40P01") == true)
            _ = try await other.value
            try await Self.insist(newer, on: archive)
            let found = try await archive.records(for: [token(1), token(2)], within: .seconds(5))
            #expect(found == [token(1): newer[0], token(2): newer[1]])
        }
    }

    @Test
    func `may be slowness, which smaller statements get around`() async throws {
        let server = try await PostgresServer.start()
        var limits = PostgresLimits()
        limits.statement = .milliseconds(100)
        limits.batchRows = 32
        try await withPostgresArchive(server.url, limits: limits) { archive in
            try await server.query(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION slow();
                """)
            func timeouts() -> Int { server.log.components(separatedBy: "due to statement timeout").count - 1 }
            var before = 0
            for round in 0..<8 as Range<Int64> {
                let records = (0..<32).map { record($0, fetchedAt: 1_700_000_000_000 + round) }
                #expect(try await archive.store(records) == StoreReport(stored: 32))
                if timeouts() == before { break }
                before = timeouts()
            }
            #expect((1...30).contains(before))
            #expect(timeouts() == before, "the statements have not become small enough")
            #expect(try await server.query("SELECT count(*) FROM nft_metadata") == "32")
            #expect(try await server.query("SELECT count(*) FROM nft_metadata_rejected") == "0")
        }
    }

    @Test
    func `leaves a connection that works, though a transaction was aborted on it`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url) { archive in
            _ = try await archive.store([record(1)])
            let sessions = "SELECT pid FROM pg_stat_activity WHERE application_name = 'mintcache' ORDER BY 1"
            let before = try await server.query(sessions)
            try await Self.refuse(with: "40001", on: server)
            await #expect(throws: StoreError.self) { _ = try await archive.store([record(2)]) }
            try await Self.mend(server)
            #expect(try await archive.store([record(2)]) == StoreReport(stored: 1))
            #expect(try await server.query(sessions) == before)
        }
    }

    @Test
    func `makes no difference when what it held up comes twice and out of order`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url) { first in
            try await withPostgresArchive(server.url) { second in
                let times: [Int64] = [1000, 2000, 3000]
                let history = times.flatMap { time in
                    (0..<50).map { record($0, json: "[\(time)]", fetchedAt: time) }
                }
                for _ in 0..<2 {
                    let (one, two) = (history.shuffled(), history.shuffled())
                    async let left = first.store(one)
                    async let right = second.store(two)
                    #expect(try await [left.stored, right.stored] == [150, 150])
                }
                let found = try await first.records(for: (0..<50).map(token), within: .seconds(5))
                #expect(found.values.allSatisfy { $0.document == Array("[3000]".utf8) && $0.fetchedAt == 3000 })
                #expect(found.count == 50)
            }
        }
    }
}

@Suite(.serialized)
struct `A failover` {
    private static func setReadOnly(_ isReadOnly: Bool, _ server: PostgresServer) async throws {
        try await server.query("ALTER SYSTEM SET default_transaction_read_only = \(isReadOnly ? "on" : "off")")
        try await server.query("SELECT pg_reload_conf()")
        try await eventually("the new mode") {
            try await server.query("SHOW default_transaction_read_only") == (isReadOnly ? "on" : "off")
        }
    }

    private static func insist(_ record: TokenRecord, on archive: PostgresArchive) async throws {
        try await eventually(within: .seconds(5), "the archive takes the record") {
            do throws(StoreError) {
                return try await archive.store([record]).stored == 1
            } catch {
                #expect(error.kind == .unreachable, "\(error)")
                return false
            }
        }
    }

    @Test
    func `is followed to whichever of several hosts can be written`() async throws {
        let one = try await PostgresServer.start()
        let two = try await PostgresServer.start()
        for server in [one, two] { try await withPostgresArchive(server.url) { _ in } }
        try await Self.setReadOnly(true, two)
        let hosts = "127.0.0.1:\(one.port),127.0.0.1:\(two.port)"
        let url = "postgres://mintcache@\(hosts)/postgres?target_session_attrs=read-write"
        try await withPostgresArchive(url) { archive in
            #expect(try await archive.store([record(1)]).stored == 1)
            #expect(try await one.query("SELECT token_id FROM nft_metadata") == "1")
            try await Self.setReadOnly(true, one)
            try await Self.setReadOnly(false, two)
            try await Self.insist(record(2), on: archive)
            #expect(try await two.query("SELECT token_id FROM nft_metadata") == "2")
            try await two.stop()
            try await Self.setReadOnly(false, one)
            try await Self.insist(record(3), on: archive)
            #expect(try await one.query("SELECT count(*) FROM nft_metadata") == "2")
        }
    }
}
