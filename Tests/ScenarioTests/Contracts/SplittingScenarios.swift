import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// The ways in which endpoints refuse a batch.
enum BatchRefusal: String, CaseIterable, Sendable {
    case errorObject
    case errorInArray
    case errorAtFirstCall
    case errorAtStatus500
    case status413
    case status400
    case nothing
    case webPage
    case closedConnection

    func fault(largerThan size: Int) -> Fault {
        var fault = Fault(.batches(largerThan: size))
        let error = #""error":{"code":-32600,"message":"batch too large"}}"#
        switch self {
        case .errorObject: fault.body = Array(#"{"jsonrpc":"2.0","id":null,"#.utf8) + Array(error.utf8)
        case .errorInArray: fault.body = Array(#"[{"jsonrpc":"2.0","id":null,"#.utf8) + Array((error + "]").utf8)
        case .errorAtFirstCall: fault.body = Array(#"[{"jsonrpc":"2.0","id":1,"#.utf8) + Array((error + "]").utf8)
        case .errorAtStatus500:
            fault.status = 500
            fault.body = Array(#"{"jsonrpc":"2.0","id":1,"#.utf8) + Array(error.utf8)
        case .status413: fault.status = 413
        case .status400: fault.status = 400
        case .nothing: fault.body = Array("[]".utf8)
        case .webPage: fault.body = Array("<!DOCTYPE html><html></html>".utf8)
        case .closedConnection: fault.ending = .reset(afterBodyBytes: nil)
        }
        return fault
    }
}

@Suite("A batch of calls", .timeLimit(.minutes(3))) struct SplittingScenarios {
    @Test(arguments: BatchRefusal.allCases)
    func `that is refused as too large is asked for in smaller ones, which are remembered`(
        refusal: BatchRefusal
    ) async throws {
        try await ContractBench.run { bench in
            bench.upstream.setFault(refusal.fault(largerThan: 30))
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            // 100 and 50 are refused, 25 is not: 2 + 4.
            #expect(bench.requests <= 8)
            #expect(bench.metrics.splitContractRequests.current >= 2)
            let learnt = bench.requests
            #expect(await bench.ask("Orchard", 100..<200).texts == 100)
            #expect(bench.requests == learnt + 4)
        }
    }

    @Test(arguments: [BatchRefusal.errorObject, .status400])
    func `refused in any size is asked for call by call`(refusal: BatchRefusal) async throws {
        try await ContractBench.run { bench in
            bench.upstream.setFault(refusal.fault(largerThan: 0))
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests <= 100 + 7)
            let learnt = bench.requests
            #expect(await bench.ask("Orchard", 100..<150).texts == 50)
            #expect(bench.requests == learnt + 50)
        }
    }

    @Test func `refused by an endpoint that refuses everything goes to the next after few requests`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var broken = Fault(.path(prefix: "/rpc/a"))
            broken.status = 400
            bench.upstream.setFault(broken)
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests <= 8)
        }
    }

    @Test func `whose answer is too large is asked for in parts`() async throws {
        try await ContractBench.run { bench in
            var fault = Fault(.batches(largerThan: 30))
            // One byte more than is taken.
            fault.body = Array(repeating: UInt8(ascii: " "), count: (16 << 20) + 1)
            bench.upstream.setFault(fault)
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect((4...20).contains(bench.requests))
        }
    }

    @Test func `of which some do not fit the answer has those asked for again`() async throws {
        try await ContractBench.run { bench in
            for number in UInt64(40)..<60 {
                let target = Fault.Target.calls(bench.contract("Orchard"), token: TokenIdentifier(number))
                var tooLarge = Fault(target, times: 1)
                tooLarge.rpcError = RPCError(code: -32003, message: "response too large")
                bench.upstream.setFault(tooLarge)
            }
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests <= 12)
        }
    }

    @Test func `that hangs because of one call answers the others in time`() async throws {
        try await ContractBench.run { bench in
            var stuck = Fault(.calls(bench.contract("Orchard"), token: TokenIdentifier(42)))
            stuck.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(stuck)
            let results = await bench.ask("Orchard", 0..<100, within: .seconds(3))
            #expect(results.texts == 99)
            #expect(results[42] == .problem(502, attempts: ["timeout"]))
        }
    }

    @Test func `that hangs goes to the next endpoint as a whole`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var stuck = Fault(.path(prefix: "/rpc/a"))
            stuck.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(stuck)
            #expect(await bench.ask("Orchard", 0..<100, within: .seconds(8)).texts == 100)
            #expect(bench.requests == 2)
        }
    }

    @Test func `with calls past a rate limit has only those asked of the next endpoint`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var limited = Fault(.path(prefix: "/rpc/a"), times: 30)
            limited.rpcError = RPCError(code: 429, message: "compute units per second exceeded")
            bench.upstream.setFault(limited)
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests == 2)
            #expect(bench.upstream.counters.contractCalls == ["tokenURI": 130])
        }
    }

    @Test func `with calls past a rate limit and no other endpoint is asked for again after a pause`() async throws {
        try await ContractBench.run(.gathering(retries: 2)) { bench in
            var limited = Fault(.rpc, times: 30)
            limited.rpcError = RPCError(code: 429, message: "compute units per second exceeded")
            bench.upstream.setFault(limited)
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests == 2)
        }
    }

    @Test func `limited again and again fails for the limited calls alone, and says why`() async throws {
        try await ContractBench.run(.gathering(retries: 1)) { bench in
            var limited = Fault(.calls(bench.contract("Orchard"), token: TokenIdentifier(3)))
            limited.rpcError = RPCError(code: 429, message: "slow down")
            bench.upstream.setFault(limited)
            let results = await bench.ask("Orchard", 0..<100)
            #expect(results.texts == 99)
            #expect(results[3] == .problem(502, attempts: ["status-429", "status-429"]))
        }
    }

    @Test func `with a call left out has that call asked for elsewhere`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var missing = Fault(.path(prefix: "/rpc/a"), times: 1)
            missing.omitsAnswer = true
            bench.upstream.setFault(missing)
            #expect(await bench.ask("Orchard", 0..<10).texts == 10)
            #expect(bench.requests == 2)
        }
    }

    @Test func `at an endpoint that fails goes to the next as a whole`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var failing = Fault(.path(prefix: "/rpc/a"))
            failing.status = 503
            bench.upstream.setFault(failing)
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests == 2)
        }
    }

    @Test func `that nobody answers fails with what was tried at each endpoint`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/a", "/b"])) { bench in
            var failing = Fault(.rpc)
            failing.status = 503
            bench.upstream.setFault(failing)
            let results = await bench.ask("Orchard", 0..<10)
            #expect(results.values.allSatisfy { $0 == .problem(502, attempts: ["status-503", "status-503"]) })
        }
    }
}

@Suite("A batch of calls through Multicall3", .timeLimit(.minutes(2))) struct MulticallScenarios {
    @Test func `is one call for the endpoint`() async throws {
        try await ContractBench.run(.gathering(.multicall)) { bench in
            let results = await bench.ask("Orchard", 9950..<10_050)
            #expect(results.texts == 50)
            #expect(results[10_000] == .outcome(.reverted(.nonexistentToken)))
            #expect(bench.requests == 1)
            #expect(bench.upstream.counters.rpcBatches == 0)
            #expect(bench.upstream.counters.contractCalls == ["aggregate3": 1, "tokenURI": 100])
        }
    }

    @Test func `has calls asked for again that failed without a reason`() async throws {
        try await ContractBench.run(.gathering(.multicall)) { bench in
            let numbers = [OddityCase.good, .bareRevert, .nonexistentInWords].map(\.rawValue)
            let results = await bench.ask("Oddities", numbers)
            #expect(results[OddityCase.bareRevert.rawValue] == .outcome(.reverted(.unexplained)))
            #expect(results.texts == 1)
            #expect(bench.requests == 2)
        }
    }

    @Test func `that costs too much gas is divided`() async throws {
        try await ContractBench.run(.gathering(.multicall)) { bench in
            #expect(await bench.ask("Oddities", 2000..<2100).texts == 100)
            // 300 million gas in one, 36 million in each of nine parts, and 50 million are allowed.
            #expect(bench.requests == 1 + 9)
        }
    }

    @Test func `E-15 with a call that costs too much by itself blames the provider, not the token`() async throws {
        try await ContractBench.run(.gathering(.multicall)) { bench in
            let numbers = [OddityCase.good, .outOfGas].map(\.rawValue)
            let results = await bench.ask("Oddities", numbers)
            #expect(results.texts == 1)
            #expect(results[OddityCase.outOfGas.rawValue] == .problem(502, attempts: ["exhausted"]))
        }
    }

    @Test func `becomes a JSON-RPC batch where there is no Multicall3`() async throws {
        var options = ContractBench.Options.gathering(.multicall)
        options.batching.multicall = try ContractAddress(parsing: "0x00000000000000000000000000000000000000aa")
        try await ContractBench.run(options) { bench in
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests == 2)
            #expect(await bench.ask("Orchard", 100..<200).texts == 100)
            #expect(bench.requests == 3)
            #expect(bench.upstream.counters.rpcBatches == 2)
        }
    }

    @Test func `is not made for a contract that answers with something else`() async throws {
        var options = ContractBench.Options.gathering(.multicall)
        try await ContractBench.run { options.batching.multicall = $0.contract("Inkwell") }
        try await ContractBench.run(options) { bench in
            #expect(await bench.ask("Orchard", 0..<100).texts == 100)
            #expect(bench.requests == 2)
        }
    }
}
