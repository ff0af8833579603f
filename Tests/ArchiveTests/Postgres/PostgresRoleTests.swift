import Caching
import EventLoops
import Foundation
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

/// Who may do what, on a server of the test's own, because roles belong to the whole server.
@Suite(.serialized)
struct `The roles on PostgreSQL` {
    private static let proxy = "mintcache_proxy"

    /// A server whose archive was migrated by the tables' owner, and whose proxy's role may log in.
    private static func preparedServer() async throws -> PostgresServer {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url) { _ in }
        try await server.query("ALTER ROLE \(proxy) LOGIN")
        return server
    }

    private static func url(_ role: String, on server: PostgresServer) -> String {
        "postgres://\(role)@127.0.0.1:\(server.port)/postgres"
    }

    private static func expectDenied(_ statement: String, as role: String, on server: PostgresServer) async {
        let error = await #expect(throws: TestSupportError.self, "\(role): \(statement)") {
            try await server.query("SET ROLE \(role); \(statement)")
        }
        let words = error?.description ?? ""
        #expect(words.contains("permission denied") || words.contains("must be owner"), "\(words)")
    }

    @Test
    func `let the proxy do all its work, through a pooler too`() async throws {
        let server = try await Self.preparedServer()
        let pooler = try await PgBouncer(before: server, users: [Self.proxy])
        for url in [Self.url(Self.proxy, on: server), pooler.url(user: Self.proxy)] {
            try await withPostgresArchive(url) { archive async throws in
                #expect(try await archive.store([record(1), record(2, json: "{,}")]).rejected.map(\.code) == ["22P02"])
                #expect(try await archive.store([record(1, fetchedAt: 1_800_000_000_000)]).stored == 1)
                #expect(try await archive.records(for: [token(1), token(2)], within: .seconds(5)).count == 2)
                let position = ChainPosition(chain: token(1).chain, block: 1, hash: .zero, outdatedBefore: 0)
                let mark = UpdateMark(
                    chain: token(1).chain, contract: token(1).contract,
                    tokens: TokenRange(token(1).token, token(1).token), moment: 1)
                try await archive.advance(to: position, marking: [mark])
                #expect(try await archive.remembered(within: .seconds(5)).marks == [mark])
                try await archive.forgetMarks(before: 2)
                #expect(try await archive.forget(.everything, fetchedBefore: .max, atMost: 10) == 3)
            }
        }
        try await pooler.stop()
    }

    @Test
    func `keep the proxy from everything else`() async throws {
        let server = try await Self.preparedServer()
        for statement in [
            "DROP TABLE nft_metadata", "TRUNCATE nft_metadata", "ALTER TABLE nft_metadata DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE mine (id int)", "DELETE FROM chain_positions", "DELETE FROM users",
            "INSERT INTO schema_migrations VALUES (1)", "SELECT * FROM pg_authid",
            "UPDATE users SET wallet_address = NULL",
        ] {
            await Self.expectDenied(statement, as: Self.proxy, on: server)
        }
        let attributes = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
        #expect(try await server.query(attributes + " WHERE rolname = '\(Self.proxy)'") == "f")
    }

    @Test
    func `let Supabase's visitors read metadata and nothing more, whatever its defaults grant them`() async throws {
        let server = try await PostgresServer.start()
        try await server.query(
            """
            CREATE ROLE anon NOLOGIN;
            CREATE ROLE authenticated NOLOGIN;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
            """)
        try await withPostgresArchive(server.url) { _ = try await $0.store([record(1)]) }
        for visitor in ["anon", "authenticated"] {
            let read = "SET ROLE \(visitor); SELECT metadata->>'name' FROM nft_metadata"
            #expect(try await server.query(read) == "One")
            for statement in [
                "INSERT INTO nft_metadata (chain_id) VALUES ('eip155:1')", "UPDATE nft_metadata SET error = 'x'",
                "DELETE FROM nft_metadata", "TRUNCATE nft_metadata", "SELECT * FROM nft_metadata_rejected",
                "SELECT * FROM chain_positions", "SELECT * FROM metadata_updates", "SELECT * FROM schema_migrations",
            ] {
                await Self.expectDenied(statement, as: visitor, on: server)
            }
        }
    }

    @Test
    func `are left out by an owner who may not create roles`() async throws {
        let server = try await PostgresServer.start()
        try await server.query("CREATE ROLE modest LOGIN; GRANT CREATE ON SCHEMA public TO modest")
        try await withPostgresArchive(Self.url("modest", on: server)) { archive async throws in
            #expect(try await archive.store([record(1)]).stored == 1)
        }
        #expect(try await server.query("SELECT count(*) FROM pg_roles WHERE rolname = '\(Self.proxy)'") == "0")
    }

    @Test
    func `are made once by several databases whose archives start together`() async throws {
        let server = try await PostgresServer.start()
        let names = (0..<4).map { "archive\($0)" }
        for name in names { try await server.query("CREATE DATABASE \(name)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                let url = "postgres://mintcache@127.0.0.1:\(server.port)/\(name)"
                group.addTask { try await withPostgresArchive(url) { _ in } }
            }
            try await group.waitForAll()
        }
        #expect(try await server.query("SELECT count(*) FROM pg_roles WHERE rolname = '\(Self.proxy)'") == "1")
    }

    @Test
    func `find nothing left to do after other tools ran the migrations, twice`() async throws {
        let server = try await PostgresServer.start()
        try await server.query("CREATE ROLE deployer LOGIN CREATEROLE; GRANT CREATE ON SCHEMA public TO deployer")
        let files = try FileManager.default.contentsOfDirectory(atPath: Migrations.supabase).sorted()
        #expect(files.allSatisfy { $0.wholeMatch(of: /[0-9]{14}_[a-z_]+\.sql/) != nil })
        for _ in 0..<2 {
            for file in files {
                let sql = try String(contentsOfFile: "\(Migrations.supabase)/\(file)", encoding: .utf8)
                try await server.query("SET ROLE deployer; \(sql)")
            }
        }
        try await server.query("ALTER ROLE \(Self.proxy) LOGIN")
        try await withPostgresArchive(Self.url(Self.proxy, on: server)) { archive async throws in
            #expect(try await archive.store([record(1)]).stored == 1)
        }
        await Self.expectDenied("UPDATE users SET wallet_address = NULL", as: Self.proxy, on: server)
    }
}
