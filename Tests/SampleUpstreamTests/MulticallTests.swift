import SampleUpstream
import Testing
import Tokens

@Suite("Calls on the simulated chain")
struct CallTests {
    private static let multicall = "0xcA11bde05977b3631167028862bE2a173976CA11"

    private func together(_ calls: [ContractCall], _ test: UpstreamUnderTest) async throws -> [CallOutcome?] {
        let call = Multicall.call(calls, through: try ContractAddress(parsing: Self.multicall))
        let result = try #require(try await test.call(call)["result"])
        return try Multicall.outcomes(of: try #require(RPCData.bytes(of: result)), count: calls.count)
    }

    private func oddity(_ oddity: OddityCase, _ test: UpstreamUnderTest) throws -> ContractCall {
        .tokenURI(of: TokenIdentifier(oddity.rawValue), in: try test.contract(of: "Oddities"))
    }

    @Test("can be made within one by Multicall3, each with an end of its own")
    func multicall() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            let nobody = try ContractAddress(parsing: "0x00000000000000000000000000000000000000aa")
            let outcomes = try await together(
                [
                    .tokenURI(of: TokenIdentifier(1), in: orchard), .tokenURI(of: TokenIdentifier(10_000), in: orchard),
                    ContractCall(.name, of: nobody), try oddity(.bareRevert, test),
                ], test)
            guard case .returned? = outcomes[0] else {
                Issue.record("no URI")
                return
            }
            #expect(outcomes[1...] == [.reverted(.nonexistentToken), .unsupported, nil])
            #expect(test.upstream.counters.contractCalls == ["aggregate3": 1, "tokenURI": 3, "name": 1])
            #expect(test.upstream.counters.rpcRequests == 1)
        }
    }

    @Test("may cost 50 million gas, alone and together")
    func gas() async throws {
        try await UpstreamUnderTest.run { test in
            let single = try await test.call(try oddity(.outOfGas, test))
            #expect(single["error"]?["message"]?.string == "out of gas")
            let contract = try test.contract(of: "Oddities")
            let labours = (UInt64(2000)..<2020).map { ContractCall.tokenURI(of: TokenIdentifier($0), in: contract) }
            let all = try await test.call(
                Multicall.call(labours, through: try ContractAddress(parsing: Self.multicall)))
            #expect(all["error"]?["message"]?.string == "out of gas")
            #expect(try await together(Array(labours.prefix(10)), test).count == 10)
        }
    }

    @Test("count as one question when tokenURI and uri of a token come in one request")
    func questions() async throws {
        try await UpstreamUnderTest.run { test in
            let bazaar = try test.contract(of: "Bazaar")
            let token = TokenIdentifier(1)
            let calls = [ContractCall.tokenURI(of: token, in: bazaar), .uri(of: token, in: bazaar)]
            let body = RPCRequest.batchBody(calls, firstIdentifier: 1)
            _ = try await test.rpc(String(decoding: body, as: UTF8.self))
            #expect(test.upstream.counters.totalTokenURICalls == 1)
            #expect(test.upstream.counters.tokenURICalls(bazaar, token) == 1)
            #expect(test.upstream.counters.contractCalls == ["tokenURI": 1, "uri": 1])
        }
    }

    @Test("come back from the end, not at all, or only in small batches when told to")
    func batchFaults() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            let calls = (UInt64(0)..<3).map { ContractCall.tokenURI(of: TokenIdentifier($0), in: orchard) }
            let body = String(decoding: RPCRequest.batchBody(calls, firstIdentifier: 1), as: UTF8.self)
            let omission = "{\"match\":\"rpc:\(orchard.lowercase):1\",\"omit_answer\":true,\"times\":1}"
            #expect(await test.post("/control/faults", omission).status == 200)
            #expect(
                await test.post("/control/faults", #"{"match":"rpc","reverse_batch":true,"times":1}"#).status == 200)
            #expect(try await test.rpc(body).elements.map { $0["id"]?.integer } == [3, 1])
            #expect(try await test.rpc(body).elements.map { $0["id"]?.integer } == [1, 2, 3])
            #expect(await test.post("/control/faults", #"{"match":"rpc>2","status":413}"#).status == 200)
            #expect(await test.post("/rpc", body).status == 413)
            #expect(try await test.call(calls[0])["result"] != nil)
        }
    }
}
