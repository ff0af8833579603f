import Caching
import EventLoops
import HTTPCaching
import MintcacheTesting
import RedisStore
import Testing
import Tokens

/// A slot is on its way from one node of a cluster to another: the first has what is old, what is new belongs to the
/// second, which takes it from those alone who were sent.
@Suite("In a slot that is on its way", .serialized, .timeLimit(.minutes(1)))
struct RedisSlotMoveTests {
    private static let now: Int64 = 1_700_000_000_000

    private let bench: Workbench
    private let cluster: RedisCluster
    private let client: RedisClient
    private let keys = RedisKeys(prefix: "test:")

    private static let shared = Task { try await RedisCluster.start() }

    init() async throws {
        bench = try Workbench()
        cluster = try await Self.shared.value
        client = try bench.client(cluster.url())
    }

    private struct Move {
        let slot: Int
        let source: RedisServer
        let target: RedisServer
    }

    /// Opens the slot of a key.
    private func begin(_ key: String) async throws -> Move {
        let source = try await cluster.owner(of: key)
        let target = try #require(cluster.nodes.first { $0 !== source })
        let slot = try #require(Int(try await source.command("CLUSTER", "KEYSLOT", key)))
        try await cluster.beginMove(of: slot, from: source, to: target)
        return Move(slot: slot, source: source, target: target)
    }

    private func end(_ move: Move) async throws {
        try await cluster.move(move.slot, from: move.source, to: move.target)
    }

    @Test("a new record is stored and found, before and after")
    func records() async throws {
        let cache = RedisSharedCache(client: client, keys: keys, milliseconds: { Self.now })
        let record = try TokenRecord.sample(1)
        let move = try await begin(keys.record(of: record.reference))
        try await cache.store(record, enqueueForArchive: true)
        #expect(try await cache.record(for: record.reference, within: .seconds(2)) == record)
        #expect(try await move.target.command("CLUSTER", "COUNTKEYSINSLOT", "\(move.slot)") == "1")
        try await end(move)
        #expect(try await cache.record(for: record.reference, within: .seconds(2)) == record)
        try await cache.forget(record.reference)
        await client.close()
    }

    @Test("an old record is replaced where it is")
    func oldRecords() async throws {
        let cache = RedisSharedCache(client: client, keys: keys, milliseconds: { Self.now })
        try await cache.store(try TokenRecord.sample(2), enqueueForArchive: false)
        let newer = try TokenRecord.sample(2, fetchedAt: 1_700_000_001_000)
        let move = try await begin(keys.record(of: newer.reference))
        try await cache.store(newer, enqueueForArchive: false)
        #expect(try await move.source.command("CLUSTER", "COUNTKEYSINSLOT", "\(move.slot)") == "1")
        try await end(move)
        #expect(try await cache.record(for: newer.reference, within: .seconds(2)) == newer)
        await client.close()
    }

    @Test("a lease is taken by one, renewed, and ended")
    func leases() async throws {
        let channel = RedisFleetChannel(client: client, keys: keys)
        let leases = RedisLeases(client: client, keys: keys, channel: channel)
        let subject = FleetSubject.token(try TokenRecord.sample(3).reference)
        let move = try await begin(keys.lease(of: subject))
        let wish = LeaseWish(subject, since: Self.now, for: .seconds(5), attempts: 2)
        guard case .taken(let lease) = try await leases.take(wish, within: .seconds(2)) else {
            Issue.record("the lease is not taken")
            return
        }
        guard case .held = try await leases.take(wish, within: .seconds(2)) else {
            Issue.record("the lease is taken twice")
            return
        }
        #expect(try await leases.renew(lease, for: .seconds(5)))
        try await end(move)
        #expect(try await leases.renew(lease, for: .seconds(5)))
        try await leases.end(lease, .stored(moment: Self.now), rememberingFailureFor: .zero)
        guard case .taken(let next) = try await leases.take(wish, within: .seconds(2)) else {
            Issue.record("the lease has not ended")
            return
        }
        try await leases.end(next, .stored(moment: Self.now), rememberingFailureFor: .zero)
        await client.close()
    }

    @Test("a new response, which a transaction writes, is stored and found, before and after")
    func responses() async throws {
        let shared = RedisSharedResponses(client: client, keys: keys, milliseconds: { Self.now })
        let url = Array("https api.example /moving".utf8)
        let move = try await begin(keys.responses(of: url))
        try await shared.store(response("first"), for: url)
        #expect(try await bodies(of: url, in: shared) == ["first"])
        try await shared.store(response("second"), for: url)
        #expect(try await bodies(of: url, in: shared) == ["second"])
        try await end(move)
        #expect(try await bodies(of: url, in: shared) == ["second"])
        try await shared.forget(url)
        await client.close()
    }

    private func response(_ body: String) -> CachedResponse {
        let none = HeaderFields([])
        let head = StoredHead(
            status: 200, fields: none, requestTime: Self.now, responseTime: Self.now, initialAge: 0, lifetime: 60,
            flags: [], staleWhileRevalidate: 0, staleIfError: 0,
            variant: VariantKey(vary: [], request: none, response: none), partial: nil, entityTag: nil,
            lastModified: nil, date: Self.now / 1000)
        return CachedResponse(head: head, body: SharedBytes(copying: Array(body.utf8)))
    }

    private func bodies(of url: [UInt8], in shared: RedisSharedResponses) async throws -> [String] {
        try await shared.variants(for: url, matching: { _ in [] }, within: .seconds(2))
            .map { String(decoding: $0.body.array, as: UTF8.self) }
    }
}
