import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Batches beside each other", .timeLimit(.minutes(3))) struct BatchPlaceScenarios {
    private func ask(_ scene: Scene, _ tokens: Range<Int>, _ fields: String...) async throws -> [Int?] {
        let asset = "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(scene.contract("Orchard").lowercase)"
        let list = tokens.map { "\"\(asset)/\($0)\"" }.joined(separator: ",")
        let client = try await scene.client()
        let text = "{\"tokens\":[\(list)]}"
        let head = ["POST /v1/batch HTTP/1.1", "Host: proxy.test", "Content-Length: \(text.utf8.count)"] + fields
        await client.send(head.joined(separator: "\r\n") + "\r\n\r\n" + text)
        let answer = try await client.answer(within: .seconds(60))
        await client.close()
        let items = try #require(try answer.json["tokens"]).elements
        return items.map { $0["status"]?.integer.map { Int($0) } }
    }

    private func statuses(_ scene: Scene, batches: Int, of size: Int) async throws -> [Int?] {
        try await withThrowingTaskGroup(of: [Int?].self) { group in
            for batch in 0..<batches {
                group.addTask { try await ask(scene, batch * size..<(batch + 1) * size) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func placesTaken(_ scene: Scene) async throws -> Int? {
        let lines = try await scene.admin("GET", "/metrics").text.split(separator: "\n")
        return lines.first { $0.hasPrefix("mintcache_batch_places_taken ") }
            .flatMap { Int($0.split(separator: " ")[1]) }
    }

    @Test func `need one round trip to the chain for a hundred tokens, at most`() async throws {
        let options = Scene.Options(
            chain: ["batch_window: 200ms"], server: ["timeouts: { request: 60s }"],
            upstream: ["timeout: 60s", "connections_per_host: 32"])
        try await Scene.play(options) { scene in
            // Places come back one at a time, as fast as the gateway goes.
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(50)
            scene.upstream.setFault(slow)
            let statuses = try await statuses(scene, batches: 4, of: 500)
            #expect(statuses.count == 2000 && statuses.allSatisfy { $0 == 200 })
            #expect(scene.upstream.counters.totalTokenURICalls == 2000)
            #expect(scene.upstream.counters.rpcRequests <= 20, "\(scene.upstream.counters.rpcRequests)")
            #expect(scene.upstream.counters.paths.values.allSatisfy { $0 == 1 })
            try await eventually("all places are back") { try await placesTaken(scene) == 0 }
        }
    }

    @Test func `turn away nobody who asks for a single token`() async throws {
        let options = Scene.Options(
            server: ["timeouts: { request: 1s, drain: 1s }"], upstream: ["timeout: 20s", "connections_per_host: 64"])
        try await Scene.play(options) { scene in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(400)
            scene.upstream.setFault(slow)
            // Their time is over long before their tokens are there: those that were asked for go on being fetched.
            async let batches = statuses(scene, batches: 3, of: 1000)
            try await eventually("batches have all the places") {
                try await placesTaken(scene) == BatchPlaces.capacity
            }
            for round in 0..<3 {
                let singles = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<20 {
                        let path = scene.path("Orchard", UInt64(9000 + round * 20 + number))
                        group.addTask { try await scene.get(path).status }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(!singles.contains(503), "\(singles)")
            }
            let statuses = try await batches
            #expect(statuses.count == 3000 && statuses.contains(503))
            let again = try await ask(scene, 2000..<3000)
            #expect(again.count == 1000)
            #expect(try await scene.get(scene.path("Orchard", 9999)).status != 503)
        }
    }

    @Test func `leave their places to the fetches that outlast them`() async throws {
        let options = Scene.Options(server: ["timeouts: { request: 300ms, drain: 1s }"])
        try await Scene.play(options) { scene in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .seconds(2)
            scene.upstream.setFault(slow)
            let statuses = try await ask(scene, 1..<4)
            #expect(statuses == [504, 504, 504])
            let taken = try await placesTaken(scene)
            #expect(taken == 3)
            try await eventually("the places are back") { try await placesTaken(scene) == 0 }
            let held = try await scene.get(scene.path("Orchard", 3), "Cache-Control: only-if-cached")
            #expect(held.status == 200)
        }
    }

    @Test func `that do not wait have fetched behind what there are places for`() async throws {
        try await Scene.play(Scene.Options(server: ["timeouts: { drain: 1s }"])) { scene in
            var stuck = Fault(.rpc)
            stuck.delay = .milliseconds(500)
            scene.upstream.setFault(stuck)
            for batch in 0..<2 { _ = try await ask(scene, batch * 1000..<(batch + 1) * 1000, "Prefer: wait=0") }
            let taken = try #require(try await placesTaken(scene))
            #expect(taken <= BatchPlaces.capacity)
            try await eventually("the places are back") { try await placesTaken(scene) == 0 }
            #expect(scene.upstream.counters.totalTokenURICalls <= 2000)
            #expect(try await scene.get(scene.path("Orchard", 0), "Cache-Control: only-if-cached").status == 200)
        }
    }

    @Test func `say nothing of the cache where it was not asked`() async throws {
        try await Scene.play { scene in
            let asset = "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(scene.contract("Orchard").lowercase)"
            let answer = try await scene.post(
                "/v1/batch", "Cache-Control: only-if-cached", body: "{\"tokens\":[\"\(asset)/1\"]}")
            let item = try #require(try answer.json["tokens"]).elements.first { _ in true }
            #expect(item?["status"]?.integer == 504)
            #expect(item?["cache"] == nil && item?["age"] == nil)
        }
    }
}
