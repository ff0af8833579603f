import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Two proxies on a Redis Cluster", .timeLimit(.minutes(3)), .serialized) struct RedisClusterScenarios {
    /// A busy machine is no failing Redis.
    private static let patience = ["timeout: 2s"]

    @Test func `fetch a token once, follow each other's purges, and bring all they answered to PostgreSQL`()
        async throws
    {
        let cluster = try await RedisCluster.start()
        let place = try await cluster.owner(of: "mintcache:{fleet}")
        try await StorePair.play(on: cluster.url(), Self.patience, hearingOn: place) { pair in
            try await pair.expectOneFetch(pair.scene.path("Orchard", 1))
            for token in UInt64(2)...61 {
                #expect(try await pair.get(pair.scene.path("Orchard", token)).allSatisfy { $0.status == 200 })
            }
            for node in cluster.nodes {
                #expect(try await node.command("KEYS", "mintcache:t:*") != "", "the tokens are spread")
            }
            try await pair.expectCoherentPurge(of: 1...3)
            try await pair.expectArchived("Orchard", UInt64(1)...61)
            let outbox = try await cluster.owner(of: "mintcache:outbox")
            try await eventually("an empty outbox") { try await outbox.command("XLEN", "mintcache:outbox") == "0" }
            #expect(try await pair.scene.get("/readyz").text.contains("\"redis\":\"up\""))
        }
        try await cluster.stop()
    }

    @Test func `go on while the slots of the outbox, of the announcements and of tokens move to other nodes`()
        async throws
    {
        let cluster = try await RedisCluster.start()
        let place = try await cluster.owner(of: "mintcache:{fleet}")
        try await StorePair.play(on: cluster.url(seeds: 1), Self.patience, hearingOn: place) { pair in
            #expect(try await pair.get(pair.scene.path("Orchard", 1)).allSatisfy { $0.status == 200 })
            let key = try await Self.key(of: 1, in: cluster)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for key in ["mintcache:outbox", "mintcache:{fleet}", key] {
                        try await Self.move(key, in: cluster)
                    }
                }
                for (number, proxy) in pair.proxies.enumerated() {
                    group.addTask {
                        for token in UInt64(2)...80 where token % 2 == UInt64(number) {
                            let answer = try await pair.scene.get(pair.scene.path("Orchard", token), from: proxy)
                            #expect(answer.status == 200)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await cluster.owner(of: "mintcache:{fleet}").hasListeners(2)
            let shared = try await pair.expectOneFetchSoon("Orchard", from: 81)
            try await pair.expectCoherentPurge(of: 1...3)
            try await pair.expectArchived("Orchard", UInt64(1)...shared)
        }
        try await cluster.stop()
    }

    /// Where the record of a token that is held lies.
    private static func key(of token: Int, in cluster: RedisCluster) async throws -> String {
        for node in cluster.nodes {
            let keys = try await node.command("KEYS", "mintcache:t:*/\(token)}")
            if let key = keys.split(separator: "\n").first { return String(key) }
        }
        throw TestSupportError("the token \(token) is not in Redis")
    }

    private static func move(_ key: String, in cluster: RedisCluster) async throws {
        let source = try await cluster.owner(of: key)
        guard let target = cluster.nodes.first(where: { $0 !== source }),
            let slot = Int(try await source.command("CLUSTER", "KEYSLOT", key))
        else { throw TestSupportError("no slot for \(key)") }
        try await cluster.move(slot, from: source, to: target)
    }
}
