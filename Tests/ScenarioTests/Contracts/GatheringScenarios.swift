import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens
import UpstreamFetching

@testable import Mintcache

@Suite("Calls of contracts", .timeLimit(.minutes(2))) struct GatheringScenarios {
    @Test func `of many flights leave in full batches`() async throws {
        try await ContractBench.run { bench in
            let results = await bench.ask("Orchard", 0..<1000)
            #expect(results.texts == 1000)
            #expect(bench.requests <= 11)
            #expect(bench.upstream.counters.rpcBatches == bench.requests)
            #expect(bench.upstream.counters.contractCalls == ["tokenURI": 1000])
            #expect(bench.metrics.contractCalls.current == 1000)
            #expect(bench.metrics.contractRequests.current == UInt64(bench.requests))
        }
    }

    @Test func `that trickle in are still gathered into few`() async throws {
        try await ContractBench.run(.gathering(window: .milliseconds(10))) { bench in
            let results = await withTaskGroup(of: ContractBench.Result.self) { group in
                for number in UInt64(0)..<200 {
                    group.addTask { await bench.ask(bench.call("Orchard", number)) }
                    if number % 10 == 9 { await bench.loop.sleep(for: .milliseconds(1)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count == 200)
            #expect(bench.requests <= 10)
        }
    }

    @Test func `that are the same are made once, but for one that left before the others were asked for`()
        async throws
    {
        try await ContractBench.run { bench in
            var slow = Fault(.rpc)
            slow.delay = .milliseconds(100)
            bench.upstream.setFault(slow)
            async let first = bench.ask("Orchard", [1])
            try await eventually("the call is under way") { bench.requests == 1 }
            let others = await withTaskGroup(of: ContractBench.Result.self) { group in
                for _ in 0..<50 { group.addTask { await bench.ask(bench.call("Orchard", 1)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let expected = await first[1]
            #expect(others.count == 50 && others.allSatisfy { $0 == expected })
            #expect(bench.upstream.counters.contractCalls == ["tokenURI": 2])
            #expect(bench.metrics.sharedContractCalls.current == 49)
        }
    }

    @Test func `alone wait for one window, and are no batch`() async throws {
        try await ContractBench.run(.gathering(window: .milliseconds(2))) { bench in
            _ = await bench.ask(bench.call("Orchard", 1))
            let start = MonotonicTime.current
            guard case .text = await bench.ask(bench.call("Orchard", 2)) else {
                Issue.record("no answer")
                return
            }
            #expect(MonotonicTime.current - start < .milliseconds(100))
            #expect(bench.upstream.counters.rpcBatches == 0)
            #expect(bench.requests == 2)
        }
    }

    @Test func `in the background leave with all others as soon as somebody else wants the same`() async throws {
        let options = ContractBench.Options.gathering(.off)
        try await ContractBench.run(options) { bench in
            var fault = Fault(.rpc, times: DepartureRule.requests - 1)
            fault.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(fault)
            let stuck = Task { await bench.ask("Orchard", 0..<UInt64(DepartureRule.requests - 1)) }
            try await eventually("all but one request are held up") { bench.requests == DepartureRule.requests - 1 }
            bench.upstream.clearFaults()
            // The last place is taken by one that is answered later, and the first in line would keep it for good.
            var slow = Fault(.calls(bench.contract("Orchard"), token: TokenIdentifier(UInt256(99))))
            slow.delay = .seconds(5)
            bench.upstream.setFault(slow)
            var hang = Fault(.calls(bench.contract("Orchard"), token: TokenIdentifier(UInt256(100))))
            hang.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(hang)
            let last = Task { await bench.ask(bench.call("Orchard", 99)) }
            try await eventually("the last place is taken") { bench.requests == DepartureRule.requests }
            let waiting = Task(executorPreference: bench.loop) {
                await UpstreamPriority.$current.withValue(UpstreamPriority()) { await bench.ask("Orchard", 100...101) }
            }
            try await eventually("both wait") { bench.metrics.contractCalls.current == DepartureRule.requests + 2 }
            guard case .text = await bench.ask(bench.call("Orchard", 101), within: .seconds(20)) else {
                Issue.record("the call stayed behind one in the background")
                return
            }
            for task in [stuck, waiting] { task.cancel() }
            _ = await last.value
        }
    }

    @Test func `with gathering switched off go one by one`() async throws {
        try await ContractBench.run(.gathering(.off)) { bench in
            #expect(await bench.ask("Orchard", 0..<40).texts == 40)
            #expect(bench.requests == 40)
            #expect(bench.upstream.counters.rpcBatches == 0)
        }
    }

    @Test func `are answered in whatever order they come back`() async throws {
        try await ContractBench.run { bench in
            var reversed = Fault(.rpc)
            reversed.reversesBatch = true
            bench.upstream.setFault(reversed)
            let results = await bench.ask("Orchard", 0..<50)
            for (number, result) in results {
                guard case .text(let text) = result, text.hasSuffix("/\(number)") else {
                    Issue.record("\(number): \(result)")
                    continue
                }
            }
        }
    }

    @Test func `that revert do so for themselves alone`() async throws {
        try await ContractBench.run { bench in
            let results = await bench.ask("Orchard", 9990..<10_010)
            #expect(results.texts == 10)
            #expect(results[10_005] == .outcome(.reverted(.nonexistentToken)))
            #expect(bench.requests == 1)
        }
    }

    @Test func `wait no longer than their own deadline, whatever holds up their batch`() async throws {
        try await ContractBench.run { bench in
            var stuck = Fault(.calls(bench.contract("Orchard"), token: TokenIdentifier(7)))
            stuck.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(stuck)
            async let patient = bench.ask("Orchard", 0..<50, within: .seconds(3))
            let start = MonotonicTime.current
            async let hasty = bench.ask(bench.call("Orchard", 60), within: .milliseconds(300))
            guard case .problem(502, let attempts) = await hasty else {
                Issue.record("an answer came though its batch hung")
                return
            }
            #expect(attempts.last == "timeout")
            #expect(MonotonicTime.current - start < .seconds(2))
            let results = await patient
            #expect(results.texts == 49)
            #expect(MonotonicTime.current - start < .seconds(5))
        }
    }

    @Test func `past the limit are refused at once`() async throws {
        try await ContractBench.run { bench in
            var stuck = Fault(.rpc)
            stuck.ending = .hang(afterBodyBytes: nil)
            bench.upstream.setFault(stuck)
            let results = await bench.ask("Orchard", 0..<17_000, within: .seconds(2))
            #expect(results.values.count { $0 == .problem(503, attempts: []) } == 17_000 - 16_384)
        }
    }

    @Test func `go where a reload says, and those under way end where they are`() async throws {
        try await ContractBench.run(.gathering(endpoints: ["/old"])) { bench in
            var slow = Fault(.path(prefix: "/rpc/old"))
            slow.delay = .milliseconds(200)
            bench.upstream.setFault(slow)
            async let old = bench.ask(bench.call("Orchard", 1))
            try await eventually("the call is under way") { bench.requests == 1 }
            var closed = Fault(.path(prefix: "/rpc/old"))
            closed.status = 410
            bench.upstream.setFault(closed)
            let (caller, chain) = bench.reloaded(endpoints: ["/new"])
            var trace = ResolutionTrace()
            let deadline = MonotonicTime.current + .seconds(10)
            _ = try await caller.outcome(of: bench.call("Orchard", 2), on: chain, by: deadline, &trace)
            guard case .text = await old else {
                Issue.record("the call under way was lost")
                return
            }
            // An old flight's call goes to the new endpoint too.
            guard case .text = await bench.ask(bench.call("Orchard", 3)) else {
                Issue.record("the old endpoint was asked")
                return
            }
            #expect(bench.requests == 3)
        }
    }

    @Test(arguments: [(100, 115), (200, 60)])
    func `of ten thousand cold tokens need about a round trip for each full batch`(
        size: Int, most: Int
    ) async throws {
        try await ContractBench.run(.gathering(window: .milliseconds(2), size: size)) { bench in
            var distant = Fault(.rpc)
            distant.delay = .milliseconds(20)
            bench.upstream.setFault(distant)
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for lane in UInt64(0)..<4 {
                    group.addTask { try await self.waves(lane, on: bench) }
                }
                return try await group.reduce(0, +)
            }
            #expect(answered == 10_000)
            #expect(bench.requests <= most, "\(bench.requests) round trips")
        }
    }

    /// A client that asks for a thousand tokens at a time, four of them sharing the collection.
    private func waves(_ lane: UInt64, on bench: ContractBench) async throws -> Int {
        var answered = 0
        for start in stride(from: lane * 2500, to: (lane + 1) * 2500, by: 500) {
            answered += try await withThrowingTaskGroup(of: Int.self) { group in
                for number in start..<start + 500 {
                    group.addTask(executorPreference: bench.loop) {
                        let reference = TokenReference(
                            chain: ChainIdentifier(eip155: bench.chain.id), contract: bench.contract("Orchard"),
                            token: TokenIdentifier(number))
                        var trace = ResolutionTrace()
                        let answer = try await bench.reader.tokenURI(
                            of: reference, on: bench.chain, by: .current + .seconds(30), &trace)
                        return if case .uri = answer { 1 } else { 0 }
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        return answered
    }
}
