import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Events are not lost", .timeLimit(.minutes(2))) struct ChainTroubleScenarios {
    private func update(_ token: UInt64 = 1) -> SampleEvent { .metadataUpdate(TokenIdentifier(token)) }

    @Test func `when a reorganisation moves them, or takes them away`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            scene.upstream.emit(update(), by: scene.contract("Lantern"))
            #expect(try await scene.isFetched(2, "Lantern", 1))
            scene.upstream.reorganise(3)
            scene.upstream.mine()
            #expect(try await scene.isFetched(3, "Lantern", 1))
            scene.upstream.reorganise(5, keepingEvents: false)
            scene.upstream.mine()
            #expect(try await scene.isFetched(4, "Lantern", 1))
            #expect(try await scene.counter("reorganisations") ?? 0 >= 2)
            #expect(try await scene.counter("gaps") == 0)
        }
    }

    @Test func `when a reorganisation is deeper than what is read again anyway`() async throws {
        try await Scene.play(.watching("overlap: 1")) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            for _ in 0..<10 {
                try await scene.eventsAreRead()
                scene.upstream.mine(2)
            }
            try await scene.eventsAreRead()
            scene.upstream.emit(update(), by: scene.contract("Lantern"))
            #expect(try await scene.isFetched(2, "Lantern", 1))
            scene.upstream.reorganise(15, keepingEvents: false)
            scene.upstream.mine()
            #expect(try await scene.isFetched(3, "Lantern", 1))
            #expect(try await scene.counter("gaps") == 0)
        }
    }

    @Test func `when the endpoint refuses large ranges, many logs, or many contracts`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            _ = try await scene.get(scene.path("Orchard", 1))
            try await scene.eventsAreRead()
            scene.upstream.limitLogs(blocks: 10, results: 2, contracts: 1)
            for token in 1...6 as ClosedRange<UInt64> {
                scene.upstream.emit(update(token), by: scene.contract("Lantern"))
                scene.upstream.mine(9)
            }
            scene.upstream.emit(update(), by: scene.contract("Orchard"))
            #expect(try await scene.isFetched(2, "Lantern", 1))
            #expect(try await scene.isFetched(2, "Orchard", 1))
            #expect(try await scene.counter("refusals") ?? 0 > 0)
            #expect(try await scene.counter("gaps") == 0)
        }
    }

    @Test func `when even one block of one contract has more than the endpoint tells`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            _ = try await scene.get(scene.path("Orchard", 1))
            try await scene.eventsAreRead()
            scene.upstream.limitLogs(results: 2)
            scene.upstream.emit(update(7), update(8), update(9), by: scene.contract("Lantern"))
            scene.upstream.emit(update(), by: scene.contract("Orchard"))
            #expect(try await scene.isFetched(2, "Orchard", 1))
            // Nobody knows what they say, so all of the contract may be new.
            try await eventually("it is fetched") { scene.calls("Lantern", 1) >= 2 }
        }
    }

    @Test func `when an endpoint fails, because another is asked`() async throws {
        var options = Scene.Options.watching()
        options.endpoints = ["-away", ""]
        try await Scene.play(options) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            scene.upstream.emit(update(), by: scene.contract("Lantern"))
            #expect(try await scene.isFetched(2, "Lantern", 1))
            #expect(try await scene.counter("failures") == 0)
        }
    }

    @Test func `when all endpoints fail for a while`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            var failing = Fault(.rpc)
            failing.status = 503
            scene.upstream.setFault(failing)
            scene.upstream.emit(update(), by: scene.contract("Lantern"))
            try await eventually("looks fail") { try await scene.counter("failures") ?? 0 >= 2 }
            #expect(try await !scene.isStale("Lantern", 1))
            scene.upstream.clearFaults()
            try await eventually(within: .seconds(20), "it is fetched") { scene.calls("Lantern", 1) == 2 }
        }
    }

    @Test func `when there are too many to catch up with, because then everything counts as stale`() async throws {
        try await Scene.play(.watching("max_catch_up: 50")) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            scene.upstream.mine(51)
            #expect(try await scene.isFetched(2, "Lantern", 1))
            #expect(try await scene.counter("gaps") == 1)
            scene.upstream.mine(50)
            try await scene.eventsAreRead()
            #expect(try await scene.counter("gaps") == 1)
            #expect(scene.calls("Lantern", 1) == 2)
        }
    }

    @Test func `in many steps when there are many`() async throws {
        try await Scene.play(.watching("max_range: 4")) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            scene.upstream.emit(update(), by: scene.contract("Lantern"))
            scene.upstream.mine(400)
            #expect(try await scene.isFetched(2, "Lantern", 1))
            #expect(try await scene.counter("gaps") == 0)
        }
    }
}
