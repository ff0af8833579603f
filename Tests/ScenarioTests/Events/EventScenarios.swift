import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("An event that tells of new metadata", .timeLimit(.minutes(2))) struct EventScenarios {
    @Test func `makes a held token stale at once, and has it fetched anew once`() async throws {
        try await Scene.play(.watching()) { scene in
            let old = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            var slow = Fault(.path(prefix: "/web/"), times: 1)
            slow.delay = .milliseconds(500)
            scene.upstream.setFault(slow)
            scene.upstream.advanceLantern()
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            try await scene.eventsAreRead()
            let stale = try await scene.get(scene.path("Lantern", 1))
            #expect(stale.text.contains("\"stale\":true"))
            #expect(stale["Cache-Status"]?.contains("; hit;") == true)
            try await eventually("the new document is served") {
                let answer = try await scene.get(scene.path("Lantern", 1))
                return answer.text.contains("\"stale\":false") && answer["ETag"] != old["ETag"]
            }
            #expect(try await scene.isFetched(2, "Lantern", 1))
            #expect(try await scene.counter("marks") == 1)
        }
    }

    @Test func `has a token in memory fetched anew though nobody asks`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            try await eventually("it is fetched") { scene.calls("Lantern", 1) == 2 }
        }
    }

    @Test func `of a range is about the tokens in it alone`() async throws {
        try await Scene.play(.watching()) { scene in
            for token in 1...4 as ClosedRange<UInt64> { _ = try await scene.get(scene.path("Lantern", token)) }
            try await scene.eventsAreRead()
            let range = SampleEvent.batchMetadataUpdate(TokenIdentifier(2), TokenIdentifier(3))
            scene.upstream.emit(range, by: scene.contract("Lantern"))
            #expect(try await scene.isFetched(2, "Lantern", 2))
            #expect(try await scene.isFetched(2, "Lantern", 3))
            #expect([1, 4].map { scene.calls("Lantern", $0) } == [1, 1])
        }
    }

    @Test func `of another contract is not read`() async throws {
        try await Scene.play(.watching()) { scene in
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Orchard"))
            scene.upstream.mine()
            try await scene.eventsAreRead()
            #expect(scene.upstream.counters.logRequests == 0)
            _ = try await scene.get(scene.path("Lantern", 1))
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Orchard"))
            try await scene.eventsAreRead()
            #expect(scene.upstream.counters.logRequests > 0)
            #expect(try await scene.counter("logs") == 0)
        }
    }

    @Test func `of a whole collection marks its tokens and fetches those that are asked for`() async throws {
        try await Scene.play(.watching()) { scene in
            for token in 0..<(UInt64(EventTools.renewals) + 20) {
                _ = try await scene.get(scene.path("Orchard", token))
            }
            let before = scene.upstream.counters.totalTokenURICalls
            try await scene.eventsAreRead()
            let all = SampleEvent.batchMetadataUpdate(TokenIdentifier(0), TokenIdentifier(.max))
            scene.upstream.emit(all, by: scene.contract("Orchard"))
            try await scene.eventsAreRead()
            #expect(try await scene.counter("expired_entries") == Int64(EventTools.renewals) + 20)
            #expect(scene.upstream.counters.totalTokenURICalls == before)
            #expect(try await scene.isStale("Orchard", 7))
            #expect(try await scene.isFetched(2, "Orchard", 7))
            #expect(scene.upstream.counters.totalTokenURICalls == before + 1)
        }
    }

    @Test func `of ERC-1155 counts as one of ERC-4906`() async throws {
        try await Scene.play(.watching()) { scene in
            let bazaar = try #require(scene.upstream.collections.first { $0.name == "Bazaar" })
            let number = bazaar.tokens.lowerBound
            _ = try await scene.get(scene.path("Bazaar", number))
            let calls = scene.calls("Bazaar", number)
            try await scene.eventsAreRead()
            scene.upstream.emit(.uri("ipfs://elsewhere", TokenIdentifier(number)), by: scene.contract("Bazaar"))
            #expect(try await scene.isFetched(calls + 1, "Bazaar", number))
        }
    }

    @Test func `is read when enough blocks lie on top of its own`() async throws {
        try await Scene.play(.watching("confirmations: 3")) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await eventually("the chain is watched") { try await scene.counter("event_position{demo}") ?? 0 > 0 }
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            let block = scene.upstream.head
            scene.upstream.mine(2)
            try await eventually("the blocks before are read") {
                try await scene.counter("event_position{demo}") == Int64(block) - 1
            }
            #expect(scene.calls("Lantern", 1) == 1)
            scene.upstream.mine()
            try await eventually("it is fetched") { scene.calls("Lantern", 1) == 2 }
            #expect(try await scene.counter("event_lag_blocks{demo}") == 3)
        }
    }

    @Test func `of a contract about itself has the contract asked anew, and no token`() async throws {
        try await Scene.play(.watching()) { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            #expect(try await scene.get(path).status == 200)
            _ = try await scene.get(scene.path("Orchard", 1))
            try await scene.eventsAreRead()
            let before = scene.upstream.counters.contractCalls["contractURI"]
            scene.upstream.emit(.contractURIUpdated, by: scene.contract("Orchard"))
            try await eventually("the contract is asked") {
                scene.upstream.counters.contractCalls["contractURI"] == (before ?? 0) + 1
            }
            try await scene.eventsAreRead()
            try await eventually("the contract is fresh") {
                try await scene.get(path).text.contains("\"stale\":false")
            }
            #expect(scene.upstream.counters.contractCalls["contractURI"] == (before ?? 0) + 1)
            #expect(scene.calls("Orchard", 1) == 1)
        }
    }

    @Test func `is not looked for when the switch is off`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            scene.time.advance(by: .seconds(3600))
            #expect(try await !scene.isStale("Lantern", 1))
            #expect(scene.upstream.counters.logRequests == 0 && scene.upstream.counters.headRequests == 0)
            #expect(try await scene.counter("event_position{demo}") == nil)
        }
    }
}
