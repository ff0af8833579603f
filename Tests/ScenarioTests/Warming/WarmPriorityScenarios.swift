import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token that a client asks for while it is being warmed", .timeLimit(.minutes(2)))
struct WarmPriorityScenarios {
    /// Where warming gets three places, and a client the fourth.
    private static let options: Scene.Options = {
        var options = Scene.Options()
        options.upstream = ["connections_per_host: 4", "timeout: 60s", "hedge_after: off"]
        return options
    }()

    @Test func `need not wait behind the others' documents`() async throws {
        try await Scene.play(Self.options) { scene in
            var hang = Fault(.path(prefix: "/ipfs/"), times: 3)
            hang.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hang)
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"7","concurrency":8}"#)
            try await eventually("warming has all that it gets") { scene.upstream.counters.ipfsRequests == 3 }
            try await scene.expectFlights(8)
            let asked = scene.upstream.counters.paths.keys
            let token = try #require(
                (0..<8 as Range<UInt64>).first { token in
                    !asked.contains { $0.hasPrefix("/ipfs/") && $0.hasSuffix("/\(token)") }
                })
            #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
            // Nobody else has got on meanwhile.
            #expect(scene.upstream.counters.ipfsRequests == 4)
            #expect(try await scene.job(location)["state"]?.string == "running")
            #expect(try await scene.admin("DELETE", location).status == 200)
        }
    }

    @Test func `need not wait behind the others' calls of contracts`() async throws {
        var options = Self.options
        options.chain = ["batch: off"]
        try await Scene.play(options) { scene in
            // The contract's standard is known from then on.
            #expect(try await scene.get(scene.path("Orchard", 9)).status == 200)
            let known = scene.upstream.counters
            var hang = Fault(.rpc, times: 3)
            hang.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hang)
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"7","concurrency":8}"#)
            try await eventually("warming has all that it gets") {
                scene.upstream.counters.rpcRequests == known.rpcRequests + 3
            }
            try await scene.expectFlights(8)
            let before = scene.upstream.counters
            let token = try #require(
                (0..<8 as Range<UInt64>).first { token in
                    before.tokenURICalls(scene.contract("Orchard"), TokenIdentifier(UInt256(token))) == 0
                })
            #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
            #expect(scene.upstream.counters.ipfsRequests == known.ipfsRequests + 1)
            #expect(try await scene.admin("DELETE", location).status == 200)
        }
    }
}

@Suite("A client's token while others are warmed", .timeLimit(.minutes(2)))
struct WarmYieldScenarios {
    /// - Parameter refusals: how many calls the endpoint refuses for now, which are then tried again.
    @Test(arguments: [0, 30])
    func `finds a way to the chain when warming is held up there`(refusals: Int) async throws {
        var options = Scene.Options()
        options.upstream = ["connections_per_host: 16", "timeout: 60s"]
        options.retries = 2
        options.chain = ["batch: off"]
        try await Scene.play(options) { scene in
            // The contracts' standards are known from then on.
            for collection in ["Orchard", "Lantern"] {
                #expect(try await scene.get(scene.path(collection, 30)).status == 200)
            }
            let known = scene.upstream.counters.rpcRequests
            let calls = Fault.Target.calls(scene.contract("Orchard"), token: nil)
            var refused = Fault(calls, times: refusals)
            refused.rpcError = RPCError(code: -32005, message: "limit exceeded")
            var hang = Fault(calls)
            hang.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(refusals > 0 ? refused : hang)
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"29","concurrency":30}"#)
            if refusals > 0 {
                try await eventually("all are refused") {
                    scene.upstream.counters.rpcRequests >= known + refusals
                }
                scene.upstream.setFault(hang)
            }
            try await eventually("warming has all that it gets") {
                scene.upstream.counters.rpcRequests >= known + refusals + DepartureRule.requestsForBackground
            }
            #expect(try await scene.get(scene.path("Lantern", 31)).status == 200)
            #expect(try await scene.admin("DELETE", location).status == 200)
        }
    }
}

extension Scene {
    fileprivate func expectFlights(_ count: Int) async throws {
        try await eventually("\(count) flights are under way") {
            try await admin("GET", "/metrics").text.contains("mintcache_flights_in_progress \(count)\n")
        }
    }
}
