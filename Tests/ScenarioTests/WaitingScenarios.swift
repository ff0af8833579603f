import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A client that will not wait", .timeLimit(.minutes(2))) struct WaitingScenarios {
    private static let day = Duration.seconds(86_400)
    private static let onlyIfCached = "Cache-Control: only-if-cached"

    private func hangs(_ target: Fault.Target = .rpc) -> Fault {
        var fault = Fault(target)
        fault.ending = .hang(afterBodyBytes: nil)
        return fault
    }

    @Test(arguments: ["", "/metadata"])
    func `for a source has what the archive holds`(suffix: String) async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 1, suffix)
            let first = try await scene.get(path)
            await scene.proxy.stop()
            let restarted = try await scene.another()
            let requests = scene.upstream.counters.requests
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            let orchard = scene.contract("Orchard").lowercase
            let spellings = [path, "/v1/assets/\(chain)/erc721:\(orchard)/1\(suffix)"]
            for spelling in spellings {
                let answer = try await scene.get(spelling, Self.onlyIfCached, from: restarted)
                #expect(answer.status == 200, "\(spelling)")
                #expect(answer.body == first.body)
            }
            let other = try await scene.get(scene.path("Orchard", 2, suffix), Self.onlyIfCached, from: restarted)
            #expect(other.status == 504)
            #expect(other.text.contains("urn:mintcache:problem:not-cached"))
            #expect(scene.upstream.counters.requests == requests)
            await restarted.stop()
        }
    }

    @Test func `for a source has what Redis holds, of tokens and of contracts`() async throws {
        let redis = try await RedisServer.start()
        let options = Scene.Options(redis: redis.url, archive: "sqlite::memory:")
        try await Scene.play(options) { scene in
            let contract = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let targets = [scene.path("Orchard", 1), contract]
            for target in targets { #expect(try await scene.get(target).status == 200) }
            let other = try await scene.another(options)
            let requests = scene.upstream.counters.requests
            for target in targets {
                let answer = try await scene.get(target, Self.onlyIfCached, from: other)
                #expect(answer.status == 200, "\(target)")
                #expect(answer["Cache-Status"]?.hasSuffix("detail=redis") == true, "\(target)")
            }
            #expect(scene.upstream.counters.requests == requests)
            await other.stop()
        }
        try await redis.stop()
    }

    @Test func `for a source has a stale copy, and the next client still has a fresh one fetched`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1)
            _ = try await scene.get(path)
            scene.upstream.advanceLantern()
            scene.time.advance(by: Self.day * 10)
            let requests = scene.upstream.counters.requests
            let stale = try await scene.get(path, Self.onlyIfCached)
            #expect(stale.status == 200)
            #expect(stale.text.contains("\"stale\":true"))
            #expect(scene.upstream.counters.requests == requests)
            #expect(try await scene.get(path).text.contains("Night 2."))
        }
    }

    @Test func `at all is told so at once, and the fetch goes on`() async throws {
        try await Scene.play { scene in
            let contract = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            for path in [scene.path("Orchard", 1), contract] {
                let answer = try await scene.get(path, "Prefer: wait=0")
                #expect(answer.status == 504, "\(path)")
                #expect(answer.text.contains("urn:mintcache:problem:upstream-timeout"))
                #expect(answer["Retry-After"] == "1")
                #expect(answer["Preference-Applied"] == "wait=0")
                #expect(answer["Cache-Status"] == "mintcache; fwd=uri-miss")
                try await eventually("the fetch has filled the cache") {
                    try await scene.get(path, Self.onlyIfCached).status == 200
                }
                let held = try await scene.get(path, "Prefer: wait=0")
                #expect(held.status == 200)
                #expect(held["Preference-Applied"] == "wait=0")
            }
        }
    }

    @Test func `at all has what any tier holds`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 1)
            _ = try await scene.get(path)
            await scene.proxy.stop()
            let restarted = try await scene.another()
            let requests = scene.upstream.counters.requests
            let answer = try await scene.get(path, "Prefer: wait=0", from: restarted)
            #expect(answer.status == 200)
            #expect(answer["Cache-Status"]?.hasSuffix("detail=archive") == true)
            #expect(scene.upstream.counters.requests == requests)
            await restarted.stop()
        }
    }

    @Test func `at all has a stale copy, however old it may be, while a fresh one is fetched`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1)
            _ = try await scene.get(path)
            scene.upstream.advanceLantern()
            scene.time.advance(by: Self.day * 10)
            let stale = try await scene.get(path, "Prefer: wait=0")
            #expect(stale.status == 200)
            #expect(stale.text.contains("\"stale\":true"))
            #expect(stale.text.contains("Night 1."))
            try await eventually("the fresh one is there") { try await scene.get(path).text.contains("Night 2.") }
        }
    }

    @Test func `longer than a second is told so after a second`() async throws {
        try await Scene.play(Scene.Options(server: ["timeouts: { drain: 1s }"], upstream: ["timeout: 3s"])) { scene in
            scene.upstream.setFault(hangs())
            let answer = try await scene.get(scene.path("Orchard", 1), "Prefer: respond-async, wait=1")
            #expect(answer.status == 504)
            #expect(answer.text.contains("upstream-timeout"))
            #expect(answer["Retry-After"] == "1")
            #expect(answer["Preference-Applied"] == "wait=1")
        }
    }

    @Test func `has no more time than everybody`() async throws {
        let options = Scene.Options(server: ["timeouts: { request: 300ms, drain: 1s }"], upstream: ["timeout: 2s"])
        try await Scene.play(options) { scene in
            scene.upstream.setFault(hangs())
            let answer = try await scene.get(scene.path("Orchard", 1), "Prefer: wait=60")
            #expect(answer.status == 504)
            #expect(answer["Preference-Applied"] == nil)
        }
    }

    @Test func `for a contract past the deadline gets its stale copy`() async throws {
        let options = Scene.Options(server: ["timeouts: { request: 300ms, drain: 1s }"], upstream: ["timeout: 2s"])
        try await Scene.play(options) { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            _ = try await scene.get(path)
            scene.upstream.setFault(hangs())
            scene.time.advance(by: Self.day * 10)
            let answer = try await scene.get(path)
            #expect(answer.status == 200)
            #expect(answer.text.contains("\"stale\":true"))
        }
    }
}
