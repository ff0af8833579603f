import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Two proxies behind Redis sentinels", .timeLimit(.minutes(3)), .serialized) struct RedisSentinelScenarios {
    @Test func `answer every request while the master dies, and share the one that takes its place`() async throws {
        let group = try await RedisSentinels.start()
        let (old, new) = (group.servers[0], group.servers[1])
        try await StorePair.play(on: group.url, ["timeout: 500ms"], hearingOn: old) { pair in
            let scene = pair.scene
            try await pair.expectOneFetch(scene.path("Orchard", 1))
            try await pair.expectArchived("Orchard", [1])
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (number, proxy) in pair.proxies.enumerated() {
                    tasks.addTask {
                        var token = UInt64(2 + number)
                        while !isOver.isSet {
                            for path in [scene.path("Orchard", 1), scene.path("Orchard", token)] {
                                let answer = try await scene.get(path, from: proxy)
                                #expect(answer.status == 200)
                            }
                            token += 2
                            await scene.loop.sleep(for: .milliseconds(20))
                        }
                    }
                }
                try await old.kill()
                try await eventually(within: .seconds(20), "the replica is the master") {
                    (try? await new.command("ROLE"))?.hasPrefix("master") == true
                }
                try await new.hasListeners(2)
                isOver.set()
                try await tasks.waitForAll()
            }
            for proxy in pair.proxies {
                try await eventually("readiness tells") {
                    try await scene.get("/readyz", from: proxy).text.contains("\"redis\":\"up\"")
                }
            }
            // Beyond all that was asked for in the meantime.
            let shared = try await pair.expectOneFetchSoon("Orchard", from: 9_000)
            try await pair.expectCoherentPurge(of: 1...3)
            try await pair.expectArchived("Orchard", [shared])
            #expect(try await !new.command("KEYS", "mintcache:t:*/\(shared)}").isEmpty)
        }
        try await group.stop()
    }
}
