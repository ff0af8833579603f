import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A cold token that many ask for at once", .timeLimit(.minutes(2))) struct SharingScenarios {
    @Test func `E-173 is fetched once for a thousand clients, and all get the same answer`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(300)
            scene.upstream.setFault(slow)
            let answers = try await ask(1000, for: scene.path("Orchard", 42), in: scene)
            #expect(answers.count == 1000)
            #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
            let stored = answers.filter { $0["Cache-Status"] == "mintcache; fwd=uri-miss; fwd-status=200; stored" }
            let shared = answers.filter { $0["Cache-Status"] == "mintcache; fwd=uri-miss; fwd-status=200; collapsed" }
            #expect(stored.count == 1)
            #expect(shared.count == 999)
            let orchard = scene.contract("Orchard")
            #expect(scene.upstream.counters.tokenURICalls(orchard, TokenIdentifier(42)) == 1)
            #expect(scene.upstream.counters.ipfsRequests == 1)
        }
    }

    @Test func `survives the client that asked first`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(200)
            scene.upstream.setFault(slow)
            let first = try await scene.client()
            await first.send("GET \(scene.path("Orchard", 1)) HTTP/1.1\r\nHost: proxy.test\r\n\r\n")
            try await eventually("the fetch has begun") { scene.upstream.counters.requests > 0 }
            async let second = scene.get(scene.path("Orchard", 1))
            await first.close()
            #expect(try await second.status == 200)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `fills the cache though every client has gone`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(100)
            scene.upstream.setFault(slow)
            let client = try await scene.client()
            await client.send("GET \(scene.path("Orchard", 1)) HTTP/1.1\r\nHost: proxy.test\r\n\r\n")
            try await eventually("the fetch has begun") { scene.upstream.counters.requests > 0 }
            await client.close()
            try await eventually("the token is cached") {
                try await scene.get(scene.path("Orchard", 1), "Cache-Control: only-if-cached").status == 200
            }
        }
    }

    @Test func `and cannot be had gives every client the real reason, with one fetch`() async throws {
        try await Scene.play { scene in
            var failing = Fault(.path(prefix: "/ipfs/"))
            failing.delay = .milliseconds(200)
            failing.status = 503
            scene.upstream.setFault(failing)
            let answers = try await ask(51, for: scene.path("Orchard", 1), in: scene)
            #expect(answers.allSatisfy { $0.status == 502 && $0.text.contains("\"upstream_status\":503") })
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
            let remembered = try await scene.get(scene.path("Orchard", 1))
            #expect(remembered.status == 502)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    private func ask(_ count: Int, for path: String, in scene: Scene) async throws -> [HTTPAnswer] {
        var clients: [HTTPConnection] = []
        for _ in 0..<count { clients.append(try await scene.client()) }
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for client in clients { group.addTask { try await client.request("GET", path) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for client in clients { await client.close() }
        return answers
    }
}
