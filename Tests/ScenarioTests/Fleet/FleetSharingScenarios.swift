import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token that several instances lack", .timeLimit(.minutes(3)), .serialized) struct FleetSharingScenarios {
    @Test func `is fetched once for three thousand clients of three instances, and all get the same answer`()
        async throws
    {
        try await FleetScene.play(of: 3) { fleet in
            fleet.delayDocuments(by: .milliseconds(300))
            let answers = try await fleet.ask(1000, each: fleet.scene.path("Orchard", 42)).flatMap(\.self)
            #expect(answers.count == 3000)
            #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
            #expect(fleet.upstream.counters.totalTokenURICalls == 1)
            #expect(fleet.upstream.counters.ipfsRequests == 1)
            #expect(answers.count { $0["Cache-Status"]?.hasSuffix("; stored") == true } == 1)
            #expect(answers.allSatisfy { $0["Cache-Status"]?.hasPrefix("mintcache; fwd=uri-miss") == true })
            #expect(try await fleet.fetches(.led) == 1)
            #expect(try await fleet.fetches(.shared) == 2)
            #expect(try await fleet.fetches(.alone) == 0)
        }
    }

    @Test func `and that cannot be had is tried twice in all, and every client gets the real reason`() async throws {
        try await FleetScene.play(of: 3) { fleet in
            fleet.delayDocuments(by: .milliseconds(200), status: 503)
            let answers = try await fleet.ask(20, each: fleet.scene.path("Orchard", 1)).flatMap(\.self)
            #expect(answers.allSatisfy { $0.status == 502 && $0.text.contains("\"upstream_status\":503") })
            #expect(fleet.upstream.counters.totalTokenURICalls == 2)
            let remembered = try await fleet.ask(1, each: fleet.scene.path("Orchard", 1)).flatMap(\.self)
            #expect(remembered.allSatisfy { $0.status == 502 })
            #expect(fleet.upstream.counters.totalTokenURICalls == 2)
        }
    }

    @Test func `and that the first of them cannot get is fetched by the second for all the others`() async throws {
        try await FleetScene.play(of: 3) { fleet in
            var once = Fault(.path(prefix: "/ipfs/"))
            once.delay = .milliseconds(300)
            once.status = 503
            once.times = 1
            fleet.upstream.setFault(once)
            let answers = try await fleet.ask(5, each: fleet.scene.path("Orchard", 1))
            #expect(answers.count { $0.allSatisfy { $0.status == 502 } } == 1)
            #expect(answers.count { $0.allSatisfy { $0.status == 200 } } == 2)
            try await eventually("the first has forgotten its failure") {
                try await fleet.ask(1, each: fleet.scene.path("Orchard", 1)).joined().allSatisfy { $0.status == 200 }
            }
            #expect(fleet.upstream.counters.totalTokenURICalls == 2)
        }
    }

    @Test func `in batches of two hundred at once is fetched once each`() async throws {
        try await FleetScene.play(of: 2) { fleet in
            fleet.delayDocuments(by: .milliseconds(100))
            let asset = "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(fleet.scene.contract("Orchard").lowercase)"
            let body = "{\"tokens\":[\((0..<200).map { "\"\(asset)/\($0)\"" }.joined(separator: ","))]}"
            async let here = fleet.scene.post("/v1/batch", body: body, to: fleet.proxies[0])
            async let there = fleet.scene.post("/v1/batch", body: body, to: fleet.proxies[1])
            for answer in try await [here, there] {
                let items = try #require(try JSONDocument(validating: answer.body).root["tokens"]).elements
                #expect(items.compactMap { $0["status"]?.integer } == Array(repeating: 200, count: 200))
            }
            #expect(fleet.upstream.counters.totalTokenURICalls == 200)
            #expect(try await fleet.fetches(.led) == 200)
            #expect(try await fleet.fetches(.alone) == 0)
        }
    }

    @Test func `like what a contract says about itself, is fetched once for all instances`() async throws {
        try await FleetScene.play(of: 3) { fleet in
            fleet.delayDocuments(by: .milliseconds(300))
            let path = "/v1/demo/\(fleet.scene.contract("Orchard").lowercase)"
            let answers = try await fleet.ask(20, each: path).flatMap(\.self)
            #expect(answers.count == 60)
            #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
            #expect(fleet.upstream.counters.contractCalls["name"] == 1)
            #expect(fleet.upstream.counters.ipfsRequests == 1)
            #expect(try await fleet.fetches(.led) == 1)
            #expect(try await fleet.fetches(.shared) == 2)
        }
    }

    @Test func `or that an event has changed is fetched once for all instances that hold it`() async throws {
        try await FleetScene.play(of: 3, .watching()) { fleet in
            let paths = [
                fleet.scene.path("Lantern", 1), "/v1/demo/\(fleet.scene.contract("Lantern").lowercase)",
            ]
            for path in paths { for proxy in fleet.proxies { _ = try await fleet.scene.get(path, from: proxy) } }
            for proxy in fleet.proxies { try await fleet.scene.eventsAreRead(by: proxy) }
            let before = fleet.upstream.counters.contractCalls["name"] ?? 0
            fleet.upstream.advanceLantern()
            fleet.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: fleet.scene.contract("Lantern"))
            fleet.upstream.emit(.contractURIUpdated, by: fleet.scene.contract("Lantern"))
            try await eventually("all have the new document") {
                for proxy in fleet.proxies {
                    guard try await fleet.scene.get(paths[0], from: proxy).isNew else { return false }
                }
                return true
            }
            for proxy in fleet.proxies { try await fleet.scene.eventsAreRead(by: proxy) }
            try await eventually("all have the new page") {
                for proxy in fleet.proxies {
                    let text = try await fleet.scene.get(paths[1], from: proxy).text
                    guard text.contains("\"stale\":false") else { return false }
                }
                return true
            }
            #expect(fleet.scene.calls("Lantern", 1) == 2)
            #expect(fleet.upstream.counters.contractCalls["name"] == before + 1)
        }
    }

    @Test func `anew is fetched once, when clients of two instances ask for that`() async throws {
        try await FleetScene.play(of: 2) { fleet in
            let path = fleet.scene.path("Orchard", 1)
            for proxy in fleet.proxies { _ = try await fleet.scene.get(path, from: proxy) }
            #expect(fleet.upstream.counters.totalTokenURICalls == 1)
            var slow = Fault(.rpc)
            slow.delay = .milliseconds(300)
            fleet.upstream.setFault(slow)
            for proxy in fleet.proxies {
                #expect(try await fleet.scene.post("\(path)/refresh", to: proxy).status == 202)
            }
            try await eventually("both have the new copy") {
                let led = try await fleet.fetches(.led)
                let shared = try await fleet.fetches(.shared)
                return led == 2 && shared == 1
            }
            #expect(fleet.upstream.counters.totalTokenURICalls == 2)
        }
    }
}
