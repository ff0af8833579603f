import MintcacheTesting
import SampleUpstream
import Tokens

@testable import Mintcache

extension Scene.Options {
    /// A chain that is looked at all the time.
    static func watching(_ keys: String..., redis: String? = nil, archive: String? = nil) -> Scene.Options {
        var options = Scene.Options(redis: redis, archive: archive)
        let defaults = ["interval: 20ms", "confirmations: 0"].filter { line in
            !keys.contains { $0.prefix { $0 != ":" } == line.prefix { $0 != ":" } }
        }
        options.chain = ["events: { \((defaults + keys).joined(separator: ", ")) }"]
        return options
    }
}

extension Scene {
    /// Waits until a proxy has read the events up to the head of the chain, and told memory what they say.
    func eventsAreRead(by proxy: ProxyServer? = nil) async throws {
        try await eventually(within: .seconds(10), "the events are read") {
            let head = self.upstream.head
            return try await self.counter("event_position{demo}", of: proxy) == Int64(head)
        }
        // The position moves on before memory hears of it; the next look begins afterwards.
        let looks = try await counter("looks", of: proxy) ?? 0
        try await eventually(within: .seconds(10), "another look has begun") {
            try await self.counter("looks", of: proxy) ?? 0 > looks
        }
    }

    /// A counter or gauge by its name in the statistics.
    func counter(_ name: String, of proxy: ProxyServer? = nil) async throws -> Int64? {
        let connection = try await HTTPConnection.open(to: (proxy ?? self.proxy).adminAddress, on: loop)
        let answer = try await connection.request(
            "GET", "/admin/stats", fields: ["Authorization: Bearer \(Scene.adminToken)"])
        await connection.close()
        let root = try JSONDocument(validating: Array(answer.text.utf8)).root
        return root["gauges"]?[name]?.integer ?? root["counters"]?["mintcache_event_\(name)_total"]?.integer
    }

    /// How often a token's URI was asked for.
    func calls(_ collection: String, _ token: UInt64) -> Int {
        upstream.counters.tokenURICalls(contract(collection), TokenIdentifier(token))
    }

    func isStale(_ collection: String, _ token: UInt64, from proxy: ProxyServer? = nil) async throws -> Bool {
        let answer = try await get(path(collection, token), from: proxy)
        return answer.status == 200 && answer.text.contains("\"stale\":true")
    }

    /// Waits until a token was fetched so many times, and makes sure that it is not fetched once more by what is read
    /// afterwards.
    func isFetched(_ times: Int, _ collection: String, _ token: UInt64) async throws -> Bool {
        try await eventually("\(collection) \(token) is fetched \(times) times") {
            self.calls(collection, token) >= times
        }
        upstream.mine()
        try await eventsAreRead()
        return try await get(path(collection, token)).status == 200 && calls(collection, token) == times
    }
}
