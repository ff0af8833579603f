import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// Two proxies on stores as somebody runs them, and a PostgreSQL that both write to.
struct StorePair: Sendable {
    let scene: Scene
    let other: ProxyServer
    let postgres: PostgresServer

    var proxies: [ProxyServer] { [scene.proxy, other] }

    /// Runs a scenario when both hear each other.
    ///
    /// - Parameters:
    ///   - redis: the URL.
    ///   - keys: further keys of Redis.
    ///   - place: the server that has the stream of announcements.
    static func play(
        on redis: String, _ keys: [String] = [], _ options: Scene.Options = Scene.Options(),
        hearingOn place: RedisServer, _ scenario: (StorePair) async throws -> Void
    ) async throws {
        let postgres = try await PostgresServer.start()
        var options = options
        options.redis = redis
        options.redisKeys = keys
        options.archive = postgres.url
        try await Scene.play(options) { scene in
            let other = try await scene.another(options, as: "other")
            do {
                try await place.hasListeners(2)
                try await scenario(StorePair(scene: scene, other: other, postgres: postgres))
            } catch {
                await other.stop()
                throw error
            }
            await other.stop()
        }
        try await postgres.stop()
    }

    func get(_ target: String) async throws -> [HTTPAnswer] {
        [try await scene.get(target), try await scene.get(target, from: other)]
    }

    /// Has many clients of both ask for a cold token at once: it is fetched once, and all get the same answer.
    func expectOneFetch(_ target: String) async throws {
        #expect(try await fetches(for: target) == 1)
    }

    /// Each connection to a store that has moved finds its way by itself: waits until tokens nobody asked for yet are
    /// fetched once again.
    func expectOneFetchSoon(_ collection: String, from first: UInt64) async throws -> UInt64 {
        for number in first..<first + 20 {
            if try await fetches(for: scene.path(collection, number)) == 1 { return number }
            await scene.loop.sleep(for: .milliseconds(250))
        }
        throw TestSupportError("the proxies do not share a fetch")
    }

    private func fetches(for target: String) async throws -> Int {
        var slow = Fault(.path(prefix: "/ipfs/"))
        slow.delay = .milliseconds(200)
        scene.upstream.setFault(slow)
        defer { scene.upstream.clearFaults() }
        let fetches = scene.upstream.counters.totalTokenURICalls
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for number in 0..<40 {
                group.addTask { try await scene.get(target, from: proxies[number % 2]) }
            }
            return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
        return scene.upstream.counters.totalTokenURICalls - fetches
    }

    /// Purges a collection on one of them: neither has an old answer afterwards.
    func expectCoherentPurge(of numbers: ClosedRange<UInt64>) async throws {
        let paths = numbers.map { scene.path("Lantern", $0) }
        let before = try await get(paths[0])[0].body
        try await eventually("both answer from memory") {
            var isWarm = true
            for path in paths {
                for answer in try await get(path) where !answer.isFromMemory { isWarm = false }
            }
            return isWarm
        }
        scene.upstream.advanceLantern()
        let body = #"{"chain":"demo","contract":"\#(scene.contract("Lantern").lowercase)"}"#
        let purged = try await scene.admin("POST", "/admin/purge", body: body, on: other)
        #expect(purged.status == 200, "\(purged.text)")
        for path in paths {
            for answer in try await get(path) { #expect(answer.status == 200 && answer.body != before) }
        }
        let after = try await get(paths[0])
        #expect(after[0].body == after[1].body)
    }

    /// Waits until these tokens of a collection are in PostgreSQL.
    func expectArchived(_ collection: String, _ numbers: some Collection<UInt64>) async throws {
        let contract = scene.contract(collection).lowercase
        let expected = Set(numbers.map { "\($0)" })
        try await eventually(within: .seconds(20), "\(expected.count) tokens are in PostgreSQL") {
            let rows = try await postgres.query(
                "SELECT token_id FROM nft_metadata WHERE contract_address = '\(contract)'")
            return expected.isSubset(of: rows.split(separator: "\n").map(String.init))
        }
    }
}
