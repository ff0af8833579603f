import EventLoops
import MintcacheTesting

@testable import Mintcache

/// Waiting for what happens inside the first proxy, by what it counts.
extension RouteScene {
    /// A counter of the first proxy's metrics.
    func counter(_ name: String) async throws -> Int {
        let client = try await SceneClient.open(to: proxies[0].adminAddress.port, on: loop)
        let answer = try await client.request("GET", "/metrics", ["Authorization: Bearer \(Scene.adminToken)"])
        await client.close()
        let sample = answer.text.split(separator: "\n").first { $0.hasPrefix("mintcache_\(name)_total ") }
        guard let value = sample?.split(separator: " ").last.flatMap({ Int($0) }) else {
            throw TestSupportError("no counter \(name)")
        }
        return value
    }

    /// Does something, and waits until the first proxy has counted so many more of what it leads to.
    func counting(_ count: Int = 1, _ name: String, _ action: () async throws -> Void) async throws {
        let before = try await counter(name)
        try await action()
        try await eventually(within: .seconds(5), "\(count) more \(name)") {
            try await counter(name) >= before + count
        }
    }

    /// A connection that has asked with a cookie and waits for its answer.
    func asking(_ target: String, cookie: String) async throws -> SceneClient {
        let client = try await client()
        await client.ask("GET", target, ["Cookie: \(cookie)"])
        return client
    }

    /// Waits until what the origin has sent before has been seen to: what is sent later has come back.
    func settle() async throws {
        for _ in 0..<3 { try await ask("OPTIONS", "/settle") }
    }
}
