import Foundation
import MintcacheTesting
import PostgresArchive
import Sessions
import Testing

/// Row-level security as each role meets it, on a server with the roles that Supabase has, and connections as them.
@Suite(.serialized)
struct `Users and metadata on PostgreSQL` {
    private static let alice = "0x" + String(repeating: "a", count: 40)
    private static let bob = "0x" + String(repeating: "b", count: 40)

    /// With Supabase's roles, and its default privileges, from before the migrations; a plain role, and one that was let
    /// read users.
    private static func supabase() async throws -> PostgresServer {
        let server = try await PostgresServer.start()
        try await server.query(
            """
            CREATE ROLE anon LOGIN; CREATE ROLE authenticated LOGIN; CREATE ROLE service_role LOGIN BYPASSRLS;
            CREATE ROLE plain LOGIN; CREATE ROLE visitor LOGIN;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role;
            """)
        try await withPostgresArchive(server.url) { _ = try await $0.store([record(1)]) }
        try await server.query(
            """
            ALTER ROLE mintcache_proxy LOGIN; GRANT SELECT ON users TO visitor;
            INSERT INTO users (wallet_address, username) VALUES ('\(alice)', 'alice'), ('\(bob)', 'bob');
            """)
        return server
    }

    /// Connects as a role and runs SQL; answers what psql prints.
    private static func ask(_ role: String, _ sql: String, on server: PostgresServer) async throws -> String {
        let psql = try Executable.find("psql", package: "postgresql-client")
        let url = "postgres://\(role)@127.0.0.1:\(server.port)/postgres"
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
        return try await ChildProcess.run(ChildProcess.Command(psql, arguments), within: .seconds(30))
            .trimmingCharacters(in: .newlines)
    }

    private static func expectDenied(_ role: String, _ sql: String, on server: PostgresServer) async {
        let error = await #expect(throws: TestSupportError.self, "\(role): \(sql)") {
            try await ask(role, sql, on: server)
        }
        #expect(error?.description.contains("permission denied") == true, "\(role): \(error?.description ?? "")")
    }

    @Test
    func `everybody reads metadata, and nobody but the proxy and the owner writes it`() async throws {
        let server = try await Self.supabase()
        for role in ["anon", "authenticated", "service_role", "plain", "mintcache_proxy"] {
            #expect(
                try await Self.ask(role, "SELECT metadata->>'name' FROM nft_metadata", on: server) == "One", "\(role)")
        }
        for role in ["anon", "authenticated", "service_role", "plain"] {
            for sql in [
                "INSERT INTO nft_metadata (chain_id) VALUES ('eip155:1')", "UPDATE nft_metadata SET error = 'x'",
                "DELETE FROM nft_metadata", "TRUNCATE nft_metadata",
            ] {
                await Self.expectDenied(role, sql, on: server)
            }
        }
        #expect(try await Self.ask("mintcache_proxy", "DELETE FROM nft_metadata; SELECT 1", on: server) == "1")
        #expect(try await server.query("SELECT count(*) FROM nft_metadata") == "0")
    }

    @Test(arguments: ["anon", "authenticated", "visitor"])
    func `a user reads the own row, and nobody's without a claim`(_ role: String) async throws {
        let server = try await Self.supabase()
        let identifier = try await server.query("SELECT id FROM users WHERE username = 'bob'")
        let upper = Self.alice.uppercased().replacing("0X", with: "0x")
        for (setting, value, seen) in [
            ("request.jwt.claims", "", ""), ("request.jwt.claims", "{}", ""),
            ("request.jwt.claims", #"{"sub":"\#(identifier)"}"#, "bob"),
            ("request.jwt.claims", #"{"wallet_address":"\#(Self.alice)"}"#, "alice"),
            ("request.jwt.claims", #"{"wallet_address":"\#(upper)"}"#, "alice"),
            ("request.jwt.claim.sub", identifier, "bob"), ("request.jwt.claim.wallet_address", Self.alice, "alice"),
            ("request.jwt.claims", #"{"user_metadata":{"wallet_address":"\#(Self.alice)"}}"#, ""),
            ("request.jwt.claims", #"{"wallet_address":"%"}"#, ""), ("request.jwt.claims", #"{"sub":null}"#, ""),
        ] {
            let sql = "SET \(setting) = '\(value)'; SELECT username FROM users ORDER BY 1"
            #expect(try await Self.ask(role, sql, on: server) == seen, "\(setting) \(value)")
        }
        #expect(try await Self.ask(role, "SELECT count(*) FROM users", on: server) == "0")
        for sql in [
            "INSERT INTO users DEFAULT VALUES", "UPDATE users SET username = 'mallory'", "DELETE FROM users",
            "TRUNCATE users",
        ] {
            await Self.expectDenied(role, sql, on: server)
        }
    }

    @Test
    func `a plain role reads no user, whatever it claims`() async throws {
        let server = try await Self.supabase()
        for claims in ["", #"{"wallet_address":"\#(Self.alice)"}"#] {
            let claim = "SET request.jwt.claims = '\(claims)'; "
            for sql in ["SELECT username FROM users", "SELECT count(*) FROM users", "UPDATE users SET username = 'x'"] {
                await Self.expectDenied("plain", claim + sql, on: server)
            }
        }
    }

    @Test
    func `the proxy's role touches no more of a user than it has to`() async throws {
        let server = try await Self.supabase()
        let alice = "WHERE wallet_address = '\(Self.alice)'"
        for sql in [
            "UPDATE users SET wallet_address = NULL \(alice)", "UPDATE users SET id = gen_random_uuid() \(alice)",
            "UPDATE users SET created_at = now() \(alice)", "INSERT INTO users (username) VALUES ('carol')",
            "INSERT INTO users (id, wallet_address) VALUES (gen_random_uuid(), NULL)",
        ] {
            await Self.expectDenied("mintcache_proxy", sql, on: server)
        }
        let granted = """
            SELECT string_agg(held, ', ' ORDER BY held) FROM (\
            SELECT (privilege_type || ' ' || column_name) COLLATE "C" AS held \
            FROM information_schema.column_privileges \
            WHERE table_name = 'users' AND grantee = 'mintcache_proxy' AND privilege_type <> 'SELECT') AS rights
            """
        #expect(
            try await server.query(granted) == """
                INSERT created_at, INSERT last_seen_at, INSERT wallet_address, UPDATE last_seen_at, UPDATE username
                """)
    }

    @Test
    func `the service's role sees and looks after all users, the proxy reads and writes them`() async throws {
        let server = try await Self.supabase()
        let count = "SELECT count(*) FROM users"
        #expect(try await Self.ask("service_role", count, on: server) == "2")
        #expect(
            try await Self.ask("service_role", "DELETE FROM users WHERE username = 'bob'; \(count)", on: server) == "1")
        await Self.expectDenied("service_role", "TRUNCATE users", on: server)
        #expect(try await Self.ask("mintcache_proxy", count, on: server) == "1")
        for sql in ["DELETE FROM users", "TRUNCATE users", "ALTER TABLE users DISABLE ROW LEVEL SECURITY"] {
            let error = await #expect(throws: TestSupportError.self) {
                try await Self.ask("mintcache_proxy", sql, on: server)
            }
            let words = error?.description ?? ""
            #expect(words.contains("permission denied") || words.contains("must be owner"), "\(words)")
        }
    }

    @Test
    func `the proxy's role admits and names users, through a pooler too`() async throws {
        let server = try await Self.supabase()
        let pooler = try await PgBouncer(before: server, users: ["mintcache_proxy"])
        let direct = "postgres://mintcache_proxy@127.0.0.1:\(server.port)/postgres"
        for (number, url) in [direct, pooler.url(user: "mintcache_proxy")].enumerated() {
            try await withPostgresArchive(url) { users async throws in
                let wallet = try #require(WalletAddress(bytes: [UInt8](repeating: UInt8(number), count: 20)))
                let user = try await users.admit(wallet, at: 1000, within: .seconds(5))
                let name = try Username("user-\(number)")
                let named = try await users.rename(wallet, to: name, within: .seconds(5))
                #expect(named == .done(User(id: user.id, wallet: wallet, username: name.text, createdAt: 1000)))
                #expect(try await users.rename(wallet, to: Username("ALICE"), within: .seconds(5)) == .taken)
                try await users.note([wallet: 2000])
            }
        }
        try await pooler.stop()
    }

    @Test
    func `what is no wallet and no username does not get into the table`() async throws {
        let server = try await Self.supabase()
        for values in ["('0xAA', NULL)", "('\(Self.alice.uppercased())', NULL)", "(NULL, 'a b')", "(NULL, 'ALICE')"] {
            let error = await #expect(throws: TestSupportError.self, "\(values)") {
                try await Self.ask(
                    "service_role", "INSERT INTO users (wallet_address, username) VALUES \(values)", on: server)
            }
            #expect(error?.description.contains("violates") == true, "\(error?.description ?? "")")
        }
    }

    /// - Parameter next: the migration that the version before does not have; it has none of the later ones either.
    @Test(arguments: [("wallet_users", "old name"), ("restrict_users", "old-name")])
    func `rules come over an archive of a version before, by two instances together, and keep its rows`(
        _ next: String, _ username: String
    ) async throws {
        let server = try await PostgresServer.start()
        try await server.query("CREATE ROLE plain LOGIN")
        let folder = try TemporaryDirectory()
        let names = try FileManager.default.contentsOfDirectory(atPath: Migrations.postgres).sorted()
        #expect(names.contains { $0.contains(next) })
        for name in names.prefix(while: { !$0.contains(next) }) {
            try folder.write(
                try String(contentsOfFile: "\(Migrations.postgres)/\(name)", encoding: .utf8), to: name)
        }
        try await withPostgresArchive(server.url, migrations: folder.path) { _ = try await $0.store([record(1)]) }
        // A name that the rules of today would refuse stays.
        try await server.query("INSERT INTO users (wallet_address, username) VALUES ('\(Self.alice)', '\(username)')")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await withPostgresArchive(server.url) { _ in } } }
            try await group.waitForAll()
        }
        try await withPostgresArchive(server.url) { _ in }
        #expect(try await server.query("SELECT username FROM users") == username)
        #expect(try await server.query("SELECT count(*) FROM nft_metadata") == "1")
        let rules = "SELECT count(*) FROM pg_policies WHERE tablename = 'users'"
        #expect(try await server.query(rules) == "2")
        await Self.expectDenied("plain", "SELECT count(*) FROM users", on: server)
    }
}
