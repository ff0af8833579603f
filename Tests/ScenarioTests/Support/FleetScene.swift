import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// Several proxies that share nothing but a Redis, and the sample upstream they fetch from.
final class FleetScene: Sendable {
    let redis: RedisServer
    let scene: Scene
    let proxies: [ProxyServer]

    private init(_ redis: RedisServer, _ scene: Scene, _ proxies: [ProxyServer]) {
        self.redis = redis
        self.scene = scene
        self.proxies = proxies
    }

    /// Runs a scenario when all instances hear one another, unless that is not to be, and takes everything down.
    static func play(
        of count: Int, redis server: RedisServer.Options = .init(), _ options: Scene.Options = Scene.Options(),
        listening: Bool = true, _ scenario: (FleetScene) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.start(server)
        let folder = try TemporaryDirectory()
        func own(_ number: Int) -> Scene.Options {
            var options = options
            options.redis = redis.url
            // A busy machine is no failing Redis.
            options.redisKeys = ["timeout: 2s"]
            options.archive = "sqlite:\(folder.path)/\(number).db"
            return options
        }
        try await Scene.play(own(0)) { scene in
            var proxies = [scene.proxy]
            for number in 1..<count { proxies.append(try await scene.another(own(number), as: "scene-\(number)")) }
            if listening { try await redis.hasListeners(count) }
            do {
                try await scenario(FleetScene(redis, scene, proxies))
            } catch {
                for proxy in proxies.dropFirst() { await proxy.stop() }
                throw error
            }
            for proxy in proxies.dropFirst() { await proxy.stop() }
        }
        try await redis.stop()
    }

    var upstream: SampleUpstream { scene.upstream }

    /// Makes documents come late.
    func delayDocuments(by delay: Duration, status: Int? = nil) {
        var fault = Fault(.path(prefix: "/ipfs/"))
        fault.delay = delay
        fault.status = status
        upstream.setFault(fault)
    }

    /// Makes the next request for a document wait for ever.
    func loseOneDocument() {
        var fault = Fault(.path(prefix: "/ipfs/"))
        fault.ending = .hang(afterBodyBytes: nil)
        fault.times = 1
        upstream.setFault(fault)
    }

    /// Asks each proxy so many times at once, on as many connections.
    func ask(_ count: Int, each path: String) async throws -> [[HTTPAnswer]] {
        var clients: [(proxy: Int, connection: HTTPConnection)] = []
        for (number, proxy) in proxies.enumerated() {
            for _ in 0..<count {
                clients.append((number, try await HTTPConnection.open(to: proxy.address, on: scene.loop)))
            }
        }
        let answers = try await withThrowingTaskGroup(of: (Int, HTTPAnswer).self) { group in
            for client in clients {
                group.addTask { (client.proxy, try await client.connection.request("GET", path)) }
            }
            return try await group.reduce(into: [[HTTPAnswer]](repeating: [], count: proxies.count)) {
                $0[$1.0].append($1.1)
            }
        }
        for client in clients { await client.connection.close() }
        return answers
    }

    /// A counter of one proxy, by its line in the metrics up to the value.
    func count(_ name: String, of proxy: ProxyServer) async throws -> Int {
        let metrics = try await scene.admin("GET", "/metrics", on: proxy).text
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return try #require(line.flatMap { Int($0.dropFirst(name.count + 1)) }, "\(name) is not counted")
    }

    /// How often all proxies together were in a role, when a token had to be fetched.
    func fetches(_ role: Metrics.FleetRole) async throws -> Int {
        var sum = 0
        for proxy in proxies { sum += try await count("mintcache_fleet_fetches_total{role=\"\(role)\"}", of: proxy) }
        return sum
    }
}

extension RedisServer {
    /// Waits until so many connections wait for announcements.
    func hasListeners(_ count: Int) async throws {
        try await eventually("\(count) instances listen") {
            let clients = try await command("CLIENT", "LIST")
            return clients.split(separator: "\n").count { $0.contains(" cmd=xread ") } >= count
        }
    }
}
