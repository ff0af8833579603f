import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// Three proxies on one Redis, in one process, with one clock that only the scene moves. The third reaches Redis through
/// a relay that can be made to misbehave.
struct PurgeScene: Sendable {
    let scene: Scene
    let redis: RedisServer
    let relay: ChaosProxy
    let proxies: [ProxyServer]

    static func play(
        _ options: Scene.Options = Scene.Options(), _ scenario: (PurgeScene) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.start()
        let relay = try ChaosProxy(to: redis.port)
        var options = options
        options.redis = redis.url
        // Without Redis there is nobody to take what is left.
        options.server.append("timeouts: { drain: 1s }")
        try await Scene.play(options) { scene in
            let second = try await scene.another(options)
            options.redis = "redis://127.0.0.1:\(relay.port)"
            let third = try await scene.another(options)
            let fleet = PurgeScene(scene: scene, redis: redis, relay: relay, proxies: [scene.proxy, second, third])
            do {
                try await scenario(fleet)
            } catch {
                await fleet.end()
                throw error
            }
            await fleet.end()
        }
    }

    private func end() async {
        try? relay.set(.pass)
        await proxies[1].stop()
        await proxies[2].stop()
    }

    /// What each proxy answers.
    func answers(_ target: String) async throws -> [HTTPAnswer] {
        var answers: [HTTPAnswer] = []
        for proxy in proxies { answers.append(try await scene.get(target, from: proxy)) }
        return answers
    }

    /// Has every proxy hold a token in memory.
    func warm(_ target: String) async throws {
        _ = try await answers(target)
        try await eventually("\(target) is in every memory") {
            try await answers(target).allSatisfy { $0["Cache-Status"]?.hasSuffix("detail=memory") == true }
        }
    }

    func purge(_ body: String, on proxy: Int = 0) async throws -> HTTPAnswer {
        try await scene.admin("POST", "/admin/purge", body: body, on: proxies[proxy])
    }

    /// The body that purges a collection of the sample upstream.
    func contract(_ name: String, soft: Bool = false) -> String {
        #"{"chain":"demo","contract":"\#(scene.contract(name).lowercase)","soft":\#(soft)}"#
    }

    func token(_ name: String, _ number: UInt64) -> String {
        let contract = scene.contract(name).lowercase
        return #"{"tokens":[{"chain":"demo","contract":"\#(contract)","token_id":"\#(number)"}]}"#
    }
}

extension HTTPAnswer {
    /// How often the document of a Lantern has changed when this was fetched.
    var isOld: Bool { text.contains("Night 1.") }
    var isNew: Bool { text.contains("Night 2.") }
    var isFromMemory: Bool { self["Cache-Status"]?.hasSuffix("detail=memory") == true }
}
