import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token past its lifetime", .timeLimit(.minutes(2))) struct StalenessScenarios {
    private static let day = Duration.seconds(86_400)

    @Test func `is answered stale at once and fetched anew behind the answer, once`() async throws {
        try await Scene.play { scene in
            let old = try await scene.get(scene.path("Lantern", 1))
            scene.upstream.advanceLantern()
            scene.time.advance(by: Self.day * 2)
            let stale = try await scene.get(scene.path("Lantern", 1))
            #expect(stale.status == 200)
            #expect(stale.text.contains("\"stale\":true"))
            #expect(stale["Cache-Status"]?.contains("; hit; ttl=-") == true)
            try await eventually("the new document is served") {
                let answer = try await scene.get(scene.path("Lantern", 1))
                return answer.text.contains("\"stale\":false") && answer["ETag"] != old["ETag"]
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
        }
    }

    @Test func `stands in for a source that fails`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            scene.time.advance(by: Self.day * 10)
            for _ in 0..<3 {
                let answer = try await scene.get(scene.path("Lantern", 1))
                #expect(answer.status == 200)
                #expect(answer.text.contains("\"stale\":true"))
            }
        }
    }

    @Test func `is not replaced by the news that there is nothing`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            var missing = Fault(.path(prefix: "/web/"))
            missing.status = 404
            scene.upstream.setFault(missing)
            scene.time.advance(by: Self.day * 10)
            #expect(try await scene.get(scene.path("Lantern", 1)).status == 200)
        }
    }

    @Test func `is given up when it is too old and no source answers`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            scene.time.advance(by: Self.day * 40)
            #expect(try await scene.get(scene.path("Lantern", 1)).status == 502)
        }
    }

    @Test func `stands in for a source that hangs, once the client's deadline has passed`() async throws {
        let options = Scene.Options(server: ["timeouts: { request: 300ms, drain: 1s }"], upstream: ["timeout: 2s"])
        try await Scene.play(options) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            var hanging = Fault(.rpc)
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            scene.time.advance(by: Self.day * 10)
            let answer = try await scene.get(scene.path("Lantern", 1))
            #expect(answer.status == 200)
            #expect(answer.text.contains("\"stale\":true"))
            let next = try await scene.get(scene.path("Lantern", 1))
            #expect(next.status == 200)
            #expect(next["Cache-Status"]?.hasSuffix("detail=memory") == true)
        }
    }
}
