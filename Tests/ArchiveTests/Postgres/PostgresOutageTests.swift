import Caching
import EventLoops
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

/// A server that fails in the ways servers do. Every call must end in time with an error that asks for another try, and
/// work again soon after the server does.
@Suite(.serialized)
struct `When PostgreSQL fails` {
    private static let retryable: Set<StoreError.Kind> = [.unreachable, .timeout, .overloaded]

    private static func limits() -> PostgresLimits {
        var limits = PostgresLimits()
        limits.read = .milliseconds(200)
        limits.write = .milliseconds(500)
        limits.statement = .milliseconds(400)
        limits.lock = .milliseconds(200)
        return limits
    }

    /// Expects both calls to fail as they should while the server is away.
    private static func expectFailures(_ archive: PostgresArchive, within limit: Duration) async {
        let began = ContinuousClock.now
        async let write = #expect(throws: StoreError.self) { _ = try await archive.store([record(2)]) }
        async let read = #expect(throws: StoreError.self) {
            _ = try await archive.records(for: [token(1)], within: .milliseconds(500))
        }
        for error in await [write, read] {
            #expect(error.map { retryable.contains($0.kind) } == true, "\(String(describing: error))")
        }
        #expect(ContinuousClock.now - began < limit)
    }

    /// Expects hundreds of calls in a second or so to fail at once: long enough for the pauses between attempts to
    /// connect to have become as long as they get.
    private static func expectManyFailures(_ archive: PostgresArchive) async throws {
        var count = 0
        try await eventually("many failed calls") {
            await #expect(throws: StoreError.self) { _ = try await archive.store([record(2)]) }
            count += 1
            return count == 300
        }
    }

    /// Expects the loop to have time for others.
    private static func expectFreeLoop(_ archive: PostgresArchive) async {
        let began = ContinuousClock.now
        await withCheckedContinuation { continuation in archive.loop.execute { continuation.resume() } }
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    /// Expects both calls to work within two seconds from now, or three on a busy machine.
    private static func expectRecovery(_ archive: PostgresArchive) async throws {
        try await eventually(within: .seconds(3), "recovery of reading and writing") {
            do {
                guard try await archive.store([record(3)]).stored == 1 else { return false }
                return try await archive.records(for: [token(3)], within: .milliseconds(500)).count == 1
            } catch is StoreError {
                return false
            }
        }
        #expect(await archive.isReachable)
    }

    @Test
    func `by stopping, calls fail at once and work again after it starts`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            #expect(try await archive.store([record(1)]).stored == 1)
            for _ in 0..<2 {
                try await server.stop()
                await Self.expectFailures(archive, within: .milliseconds(1500))
                #expect(await archive.isReachable == false)
                try await Self.expectManyFailures(archive)
                try await server.start()
                try await Self.expectRecovery(archive)
            }
            #expect(try await archive.records(for: [token(1)], within: .seconds(1)).count == 1)
        }
    }

    @Test
    func `by freezing, calls fail at their deadlines and work again after it thaws`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            #expect(try await archive.store([record(1)]).stored == 1)
            _ = try await archive.records(for: [token(1)], within: .seconds(1))
            server.freeze()
            await Self.expectFailures(archive, within: .milliseconds(1500))
            await Self.expectFreeLoop(archive)
            await Self.expectFailures(archive, within: .milliseconds(1500))
            #expect(await archive.isReachable == false)
            await Self.expectFreeLoop(archive)
            server.thaw()
            try await Self.expectRecovery(archive)
            try await eventually(within: .seconds(5), "the end of abandoned sessions") {
                let count = try await server.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mintcache'")
                return count == "2"
            }
        }
    }

    @Test
    func `by ending sessions, the next call works`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            for round in 1...3 as ClosedRange<UInt64> {
                #expect(try await archive.store([record(round)]).stored == 1)
                try await server.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mintcache'")
                try await Self.expectRecovery(archive)
            }
        }
    }

    @Test
    func `by a locked table, writing fails at the lock's limit and connections do not pile up`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            _ = try await archive.store([record(1)])
            let locker = Task {
                try await server.query("BEGIN; LOCK TABLE nft_metadata IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(20)")
            }
            try await eventually("the lock") {
                let locks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
                return try await server.query(locks) != "0"
            }
            for _ in 0..<3 {
                let began = ContinuousClock.now
                let error = await #expect(throws: StoreError.self) { _ = try await archive.store([record(2)]) }
                #expect(error?.kind == .overloaded)
                #expect(error?.detail.contains("55P03") == true)
                #expect(ContinuousClock.now - began < .milliseconds(1500))
                await #expect(throws: StoreError.self) {
                    _ = try await archive.records(for: [token(1)], within: .milliseconds(200))
                }
            }
            try await eventually(within: .seconds(2), "the end of abandoned reads") {
                let count = try await server.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mintcache'")
                return (Int(count) ?? .max) <= 2
            }
            try await server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            await #expect(throws: (any Error).self) { try await locker.value }
            try await Self.expectRecovery(archive)
        }
    }

    @Test
    func `by turning read-only, calls ask for another try and reading goes on`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { archive in
            _ = try await archive.store([record(1)])
            try await server.query("ALTER SYSTEM SET default_transaction_read_only = on")
            try await server.query("SELECT pg_reload_conf()")
            try await eventually("read-only mode") {
                do {
                    _ = try await archive.store([record(1)])
                    return false
                } catch let error as StoreError {
                    return error.kind == .unreachable && error.detail.contains("25006")
                }
            }
            #expect(try await archive.records(for: [token(1)], within: .seconds(1)).count == 1)
            try await server.query("ALTER SYSTEM RESET default_transaction_read_only")
            try await server.query("SELECT pg_reload_conf()")
            try await Self.expectRecovery(archive)
        }
    }

    @Test(arguments: [ChaosProxy.Mode.hang, .refuse, .garbage, .cut(afterBytes: 10)])
    func `by a network that hangs, resets or corrupts, calls fail in time`(_ mode: ChaosProxy.Mode) async throws {
        let server = try await PostgresServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let url = "postgres://mintcache@127.0.0.1:\(proxy.port)/postgres?sslmode=disable"
        try await withPostgresArchive(url, limits: Self.limits()) { archive in
            #expect(try await archive.store([record(1)]).stored == 1)
            _ = try await archive.records(for: [token(1)], within: .seconds(1))
            try proxy.set(mode)
            let before = proxy.connectionCount
            for _ in 0..<3 { await Self.expectFailures(archive, within: .milliseconds(1500)) }
            if mode != .hang { try await Self.expectManyFailures(archive) }
            #expect(proxy.connectionCount - before < 20)
            try proxy.set(.pass)
            try await Self.expectRecovery(archive)
        }
    }

    @Test
    func `by being slow, nobody waits longer than the deadline and the rest is served`() async throws {
        let server = try await PostgresServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let url = "postgres://mintcache@127.0.0.1:\(proxy.port)/postgres?sslmode=disable"
        try await withPostgresArchive(url) { archive in
            _ = try await archive.store([record(1)])
            _ = try await archive.records(for: [token(1)], within: .seconds(1))
            try proxy.set(.latency(.milliseconds(150)))
            async let impatient = #expect(throws: StoreError.self) {
                _ = try await archive.records(for: [token(1)], within: .milliseconds(50))
            }
            #expect(try await archive.records(for: [token(1)], within: .seconds(5)).count == 1)
            #expect(await impatient?.kind == .timeout)
        }
    }

    @Test
    func `by having no connection left, calls ask for another try`() async throws {
        let server = try await PostgresServer.start()
        try await withPostgresArchive(server.url, limits: Self.limits()) { _ in }
        try await server.query("CREATE ROLE poor LOGIN CONNECTION LIMIT 0")
        let error = await #expect(throws: StoreError.self) {
            try await withPostgresArchive("postgres://poor@127.0.0.1:\(server.port)/postgres") { _ in }
        }
        #expect(error?.kind == .unreachable)
        #expect(error?.detail.contains("too many connections") == true)
    }
}
