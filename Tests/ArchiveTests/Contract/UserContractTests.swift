import Caching
import PostgresArchive
import Sessions
import Testing
import Tokens

/// What every archive promises about users.
@Suite(.sharedPostgres, .serialized)
struct `An archive that knows users` {
    private static let limit = Duration.seconds(5)

    private static func wallet(_ number: UInt8) throws -> WalletAddress {
        try #require(WalletAddress(bytes: [UInt8](repeating: 0xA0, count: 19) + [number]))
    }

    private static func withUsers(_ kind: ArchiveKind, _ body: (any UserDirectory) async throws -> Void) async throws {
        try await withArchive(kind) { archive async throws in
            try await body(try #require(archive as? any UserDirectory))
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `admits a wallet once, however often and from how many sides it comes`(_ kind: ArchiveKind) async throws {
        try await Self.withUsers(kind) { users async throws in
            let wallet = try Self.wallet(1)
            #expect(try await users.user(of: wallet, within: Self.limit) == nil)
            let admitted = try await withThrowingTaskGroup(of: User.self) { group in
                for time in 0..<8 {
                    group.addTask { try await users.admit(wallet, at: 1000 + Int64(time), within: Self.limit) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(admitted.map(\.id)).count == 1 && admitted[0].id.count == 36)
            #expect(admitted.allSatisfy { $0.wallet == wallet && $0.username == nil })
            #expect(try await users.user(of: wallet, within: Self.limit) == admitted[0])
            #expect(try await users.admit(Self.wallet(2), at: 1, within: Self.limit).id != admitted[0].id)
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `gives a name to one user, in whatever case`(_ kind: ArchiveKind) async throws {
        try await Self.withUsers(kind) { users async throws in
            let (alice, bob) = (try Self.wallet(1), try Self.wallet(2))
            let name = try Username("Alice_1")
            #expect(try await users.rename(alice, to: name, within: Self.limit) == .noSuchUser)
            let user = try await users.admit(alice, at: 1000, within: Self.limit)
            _ = try await users.admit(bob, at: 1000, within: Self.limit)
            let named = User(id: user.id, wallet: alice, username: "Alice_1", createdAt: user.createdAt)
            #expect(try await users.rename(alice, to: name, within: Self.limit) == .done(named))
            #expect(try await users.rename(bob, to: Username("aLICE_1"), within: Self.limit) == .taken)
            guard case .done = try await users.rename(alice, to: Username("ALICE_1"), within: Self.limit) else {
                Issue.record("a user's own name is free to that user")
                return
            }
            _ = try await users.rename(alice, to: Username("other"), within: Self.limit)
            guard case .done = try await users.rename(bob, to: name, within: Self.limit) else {
                Issue.record("a name that was given up is free")
                return
            }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `notes when users were seen, strangers passed over`(_ kind: ArchiveKind) async throws {
        try await Self.withUsers(kind) { users async throws in
            _ = try await users.admit(Self.wallet(1), at: 1000, within: Self.limit)
            try await users.note([Self.wallet(1): 5000, Self.wallet(9): 5000])
            try await users.note([Self.wallet(1): 4000])
            try await users.note([:])
            #expect(try await users.user(of: Self.wallet(9), within: Self.limit) == nil)
        }
    }

    @Test func `never moves the time a user was seen back`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { users async throws in
            let wallet = try Self.wallet(1)
            _ = try await users.admit(wallet, at: 10_000, within: Self.limit)
            for time: Int64 in [25_000, 20_000] { try await users.note([wallet: time]) }
            _ = try await users.admit(wallet, at: 15_000, within: Self.limit)
        }
        #expect(try await database.query("SELECT extract(epoch FROM last_seen_at)::int FROM users") == "25")
    }
}
