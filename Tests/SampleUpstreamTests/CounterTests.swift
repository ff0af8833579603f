import SampleUpstream
import Testing
import Tokens

@Suite("Counters")
struct CounterTests {
    @Test("count calls by function and token, requests by path, and connections")
    func counting() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            let calls = [1, 1, 2].map { ContractCall.tokenURI(of: TokenIdentifier($0), in: orchard) }
            let others = [FunctionSelector.name, FunctionSelector(0xDEAD_BEEF)]
            let batch = calls + others.map { ContractCall($0, of: orchard) }
            _ = try await test.rpc(String(decoding: RPCRequest.batchBody(batch, firstIdentifier: 1), as: UTF8.self))
            _ = try await test.call(.tokenURI(of: TokenIdentifier(10_000), in: orchard))
            _ = await test.get("/web/ember/good")
            _ = await test.get("/web/ember/good")
            _ = await test.get("/ipfs/nothing")
            _ = await test.get("/control/collections")
            let counters = test.upstream.counters
            #expect(counters.requests == 5)
            #expect(counters.connections == 5)
            #expect(counters.rpcRequests == 2)
            #expect(counters.rpcBatches == 1)
            #expect(counters.contractCalls == ["tokenURI": 4, "name": 1, "unknown": 1])
            #expect(counters.totalTokenURICalls == 4)
            #expect(counters.tokenURICalls(orchard, TokenIdentifier(1)) == 2)
            #expect(counters.tokenURICalls(orchard, TokenIdentifier(2)) == 1)
            #expect(counters.tokenURICalls(orchard, TokenIdentifier(10_000)) == 1)
            #expect(counters.tokenURICalls(orchard, TokenIdentifier(3)) == 0)
            #expect(counters.paths == ["/web/ember/good": 2, "/ipfs/nothing": 1])
            #expect(counters.webRequests == 2)
            #expect(counters.ipfsRequests == 1)
        }
    }

    @Test("are the same over HTTP, and go back to nothing when they are reset")
    func json() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            _ = try await test.call(.tokenURI(of: TokenIdentifier(5), in: orchard))
            _ = await test.get("/web/ember/good")
            let root = try JSONDocument(validating: await test.get("/control/counters").rawBody).root
            #expect(root["requests"]?.integer == 2)
            #expect(root["rpc_http"]?.integer == 1)
            #expect(root["token_uri_calls"]?.integer == 1)
            #expect(root["token_uri"]?["\(orchard.lowercase):5"]?.integer == 1)
            #expect(root["paths"]?["/web/ember/good"]?.integer == 1)
            #expect(await test.post("/control/reset", "").status == 204)
            #expect(test.upstream.counters == UpstreamCounters())
            _ = await test.get("/web/ember/good")
            test.upstream.resetCounters()
            #expect(test.upstream.counters == UpstreamCounters())
        }
    }

    @Test("tell connections from requests")
    func keptAlive() async throws {
        try await UpstreamUnderTest.run { test in
            let request = "GET /web/ember/good HTTP/1.1\r\nHost: a\r\n"
            let pipeline = request + "\r\n" + request + "\r\n" + request + "Connection: close\r\n\r\n"
            let answer = await RawClient.send(Array(pipeline.utf8), to: test.address)
            #expect(String(decoding: answer.bytes, as: UTF8.self).split(separator: "HTTP/1.1 200").count == 3)
            #expect(test.upstream.counters.requests == 3)
            #expect(test.upstream.counters.connections == 1)
        }
    }
}
