import Caching
import EventLoops
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

@Suite(.sharedPostgres, .serialized)
struct `The PostgreSQL schema` {
    @Test
    func `is made once by many replicas that start together`() async throws {
        let database = try await SharedPostgres.database()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask { try await withPostgresArchive(database.url) { try await $0.migrate() } }
            }
            try await group.waitForAll()
        }
        let versions = try SchemaMigration.load(from: Migrations.postgres).map { "\($0.version)" }
        #expect(
            try await database.query("SELECT version FROM schema_migrations ORDER BY 1")
                == versions.joined(separator: "\n"))
    }

    @Test
    func `needs no right to create anything once it is in place`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { _ in }
        let role = "worker_\(UInt32.random(in: 0 ... .max))"
        try await database.query(
            """
            CREATE ROLE \(role) LOGIN BYPASSRLS;
            GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO \(role);
            """)
        let url = "postgres://\(role)@127.0.0.1:\(database.server.port)/\(database.name)"
        try await withPostgresArchive(url) { archive async throws in
            #expect(try await archive.store([record(1)]) == StoreReport(stored: 1))
        }
    }

    @Test
    func `lets everybody read metadata, nobody else write it, and users see only themselves`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { archive in
            _ = try await archive.store([record(1)])
        }
        let role = "visitor_\(UInt32.random(in: 0 ... .max))"
        let alice = "00000000-0000-0000-0000-00000000000a"
        let bob = "00000000-0000-0000-0000-00000000000b"
        try await database.query(
            "CREATE ROLE \(role); INSERT INTO users (id, username) VALUES ('\(alice)', 'alice'), ('\(bob)', 'bob')")
        let visit = "SET ROLE \(role); "
        #expect(try await database.query(visit + "SELECT metadata->>'name' FROM nft_metadata") == "One")
        try await database.query("GRANT SELECT ON users TO \(role)")
        #expect(try await database.query(visit + "SELECT count(*) FROM users") == "0")
        let claim = "SET request.jwt.claims = '{\"sub\":\"\(alice)\"}'; "
        #expect(try await database.query(visit + claim + "SELECT username FROM users") == "alice")
        let olderClaim = "SET request.jwt.claim.sub = '\(bob)'; "
        #expect(try await database.query(visit + olderClaim + "SELECT username FROM users") == "bob")
        let forbidden = [
            "DELETE FROM nft_metadata", "UPDATE users SET username = 'x'", "SELECT * FROM nft_metadata_rejected",
            "SELECT * FROM chain_positions", "DELETE FROM metadata_updates",
        ]
        for refused in forbidden {
            let error = await #expect(throws: TestSupportError.self) { try await database.query(visit + refused) }
            #expect(error?.description.contains("permission denied") == true)
        }
        try await database.query("GRANT INSERT, UPDATE, DELETE ON nft_metadata TO \(role)")
        try await database.query(visit + "DELETE FROM nft_metadata")
        #expect(try await database.query("SELECT count(*) FROM nft_metadata") == "1")
    }

    @Test
    func `is refused with the reason when the folder or a file of it is no good`() async throws {
        let folder = try TemporaryDirectory()
        let loop = try EventLoop(label: "test.migrations")
        defer { loop.shutdown() }
        let database = try await SharedPostgres.database()
        let settings = PostgresSettings(url: try PostgresURL(database.url), migrations: folder.path)
        let archive = PostgresArchive(settings, loop: loop, resolver: AddressResolver())
        func failure() async -> String {
            let error = await #expect(throws: StoreError.self) { try await archive.migrate() }
            return error?.detail ?? ""
        }
        #expect(await failure().contains("no migrations"))
        try folder.write("CREATE TABLE one (id int);", to: "0001_one.sql")
        try folder.write("CREATE TABLE two (id nonsense);", to: "0002_two.sql")
        #expect(await failure().contains("\"nonsense\" does not exist"))
        #expect(try await database.query("SELECT to_regclass('one') IS NULL") == "t")
        try folder.write("", to: "README")
        #expect(await failure().contains("README"))
        await archive.close()
    }
}

@Suite(.sharedPostgres, .serialized)
struct `A connection to PostgreSQL` {
    @Test
    func `can go by a name, an address or a Unix socket`() async throws {
        let database = try await SharedPostgres.database()
        let port = database.server.port
        let folder = database.server.socketDirectory.split(separator: "/").joined(separator: "%2F")
        for host in ["localhost:\(port)", "127.0.0.1:\(port)", "%2F\(folder):\(port)"] {
            try await withPostgresArchive("postgres://mintcache@\(host)/\(database.name)") { archive async throws in
                #expect(try await archive.store([record(1)]).stored == 1)
            }
        }
    }
}
