import EventLoops
import MintcacheTesting
import SampleUpstream
import Synchronization
import Testing
import Tokens

@testable import Mintcache

@Suite("Two releases on one Redis", .timeLimit(.minutes(3)), .serialized) struct ReplacementScenarios {
    /// Turns the value of a token into one of a release to come, and puts it into the outbox as that one would.
    private static let turnNewer = """
        local value = redis.call('GET', KEYS[1])
        value = string.sub(value, 1, 2) .. string.char(string.byte(value, 3) + 1) .. string.sub(value, 4)
        redis.call('SET', KEYS[1], value)
        redis.call('XADD', KEYS[2], '*', 'r', value)
        return redis.sha1hex(value)
        """
    private static let digest = "return redis.sha1hex(redis.call('GET', KEYS[1]))"
    private static let outbox = "mintcache:outbox"

    @Test func `the older one takes the newer one's values for misses, keeps them, and answers`() async throws {
        try await FleetScene.play(of: 1) { fleet in
            let (scene, redis) = (fleet.scene, fleet.redis)
            let paths = (1...3).map { scene.path("Orchard", $0) }
            for path in paths { #expect(try await scene.get(path).status == 200) }
            try await eventually("an empty outbox") { try await redis.command("XLEN", Self.outbox) == "0" }
            var digests: [String: String] = [:]
            for key in try await redis.command("KEYS", "mintcache:t:*").split(separator: "\n").map(String.init) {
                digests[key] = try await redis.command("EVAL", Self.turnNewer, "2", key, Self.outbox)
            }
            #expect(digests.count == 3)

            let archive = "sqlite:\(scene.folder.path)/old.db"
            let old = try await scene.another(Scene.Options(redis: redis.url, archive: archive), as: "old")
            // Nothing here asks a source, so nothing is written in place of what is found.
            for path in paths {
                #expect(try await scene.get(path, "Cache-Control: only-if-cached", from: old).status == 504)
            }
            for (key, digest) in digests {
                #expect(try await redis.command("EVAL", Self.digest, "1", key) == digest)
            }
            let fetches = fleet.upstream.counters.totalTokenURICalls
            for path in paths { #expect(try await scene.get(path, from: old).status == 200) }
            #expect(fleet.upstream.counters.totalTokenURICalls == fetches + 3)
            #expect(try await fleet.count("mintcache_redis_unreadable_values_total", of: old) == 0)
            // What is on its way to the archive waits for who can read it.
            try await eventually("the three that are its own have gone") {
                try await redis.command("XLEN", Self.outbox) == "3"
            }
            await old.stop()
        }
    }

    @Test func `no request fails while one process drains and another takes its place, and nothing is lost`()
        async throws
    {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Stage.play(Scene.Options(redis: redis.url, archive: postgres.url)) { stage in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(50)
            stage.upstream.setFault(slow)
            let balancer = Balancer(stage, [try await stage.daemon()])
            let old = balancer.daemons[0]
            async let answers = balancer.run()
            try await eventually("requests are answered") { balancer.answered >= 50 }
            let new = try await stage.daemon()
            balancer.add(new)
            let before = balancer.answered
            try await eventually("both are used") { balancer.answered >= before + 50 }
            old.process.send(.terminate)
            #expect(try await old.process.wait(within: .seconds(20)) == .code(0))
            let after = balancer.answered
            try await eventually("the new one goes on") { balancer.answered >= after + 50 }
            balancer.stop()
            let tokens = try await answers
            new.process.send(.terminate)
            #expect(try await new.process.wait(within: .seconds(20)) == .code(0))
            let rows = try await postgres.query("SELECT token_id FROM nft_metadata")
            #expect(tokens.isSubset(of: rows.split(separator: "\n").compactMap { Int($0) }))
        }
        try await redis.stop()
        try await postgres.stop()
    }
}

/// What stands before instances and gives each of its clients' requests to one that takes connections, as load balancers
/// do: on a connection that is kept; and once more to the next when it ended before anything was answered.
private final class Balancer: Sendable {
    private static let clients = 8

    private let stage: Stage
    private let list: Mutex<[Daemon]>
    private let count = Atomic(0)
    private let isOver = Flag()

    init(_ stage: Stage, _ daemons: [Daemon]) {
        self.stage = stage
        list = Mutex(daemons)
    }

    var daemons: [Daemon] { list.withLock { $0 } }
    var answered: Int { count.load(ordering: .relaxed) }

    func add(_ daemon: Daemon) { list.withLock { $0.append(daemon) } }
    func stop() { isOver.set() }

    /// Asks for one cold token after another until told to stop; which were answered, which all must be.
    func run() async throws -> Set<Int> {
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for client in 0..<Self.clients { group.addTask { try await self.ask(client) } }
            return try await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    private func ask(_ client: Int) async throws -> [Int] {
        var tokens: [Int] = []
        var token = client
        var connections: [Int: HTTPConnection] = [:]
        while !isOver.isSet {
            let status = try await status(of: token, over: &connections, first: token / Self.clients)
            #expect(status == 200)
            if status == 200 { tokens.append(token) }
            count.add(1, ordering: .relaxed)
            token += Self.clients
        }
        for connection in connections.values { await connection.close() }
        return tokens
    }

    private func status(of token: Int, over connections: inout [Int: HTTPConnection], first: Int) async throws -> Int {
        let daemons = daemons
        for turn in 0..<(2 * daemons.count) {
            let number = (first + turn) % daemons.count
            let isKept = connections[number] != nil
            if !isKept {
                connections[number] = try? await HTTPConnection.open(to: daemons[number].address, on: stage.loop)
            }
            guard let connection = connections[number] else { continue }
            do {
                let answer = try await connection.request("GET", "/v1/demo/\(stage.contract)/\(token)")
                if answer["Connection"]?.lowercased() == "close" { connections[number] = nil }
                return answer.status
            } catch {
                connections[number] = nil
                // A kept connection may have been closed the moment before it was used (RFC 9112, section 9.3.1).
                if !isKept { Issue.record("a connection that was taken ended without an answer: \(error)") }
            }
        }
        throw TestSupportError("no instance takes connections")
    }
}
