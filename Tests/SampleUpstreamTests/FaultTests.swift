import EventLoops
import SampleUpstream
import Testing
import Tokens

@Suite("Faults")
struct FaultTests {
    private let path = "/web/ember/good"

    /// Sets a fault over HTTP, as another process would.
    private func set(_ json: String, _ test: UpstreamUnderTest) async {
        #expect(await test.post("/control/faults", json).status == 200)
    }

    @Test("replace status, body and fields, as often as they are told to")
    func status() async throws {
        try await UpstreamUnderTest.run { test in
            await set(
                """
                {"match":"/web/","status":503,"retry_after":2,"times":2,"body":"busy","content_type":"text/x-busy",
                 "headers":{"X-Reason":"test","cache-control":"no-store"}}
                """, test)
            for _ in 0..<2 {
                let answer = await test.get(path)
                #expect(answer.status == 503)
                #expect(answer["Retry-After"] == "2")
                #expect(answer["Content-Type"] == "text/x-busy")
                #expect(answer["X-Reason"] == "test")
                #expect(answer["Cache-Control"] == "no-store")
                #expect(answer.rawBody == Array("busy".utf8))
            }
            #expect(await test.get(path).status == 200)
            #expect(test.upstream.counters.faults == 2)
        }
    }

    @Test("keep the true body when only the status or the type is replaced")
    func trueBody() async throws {
        try await UpstreamUnderTest.run { test in
            let truth = await test.get(path)
            await set(#"{"match":"\#(path)","status":203,"content_type":"text/plain"}"#, test)
            let answer = await test.get(path)
            #expect(answer.status == 203)
            #expect(answer["Content-Type"] == "text/plain")
            #expect(answer.rawBody == truth.rawBody)
        }
    }

    @Test("delay the answer")
    func delay() async throws {
        try await UpstreamUnderTest.run { test in
            var fault = Fault(.everything)
            fault.delay = .milliseconds(150)
            test.upstream.setFault(fault)
            let answer = await test.get(path)
            #expect(answer.status == 200)
            #expect(answer.duration >= .milliseconds(150))
        }
    }

    @Test("drip the body", arguments: [40, 400])
    func drip(_ rate: Int) async throws {
        try await UpstreamUnderTest.run { test in
            let body = String(repeating: "x", count: rate / 5)
            await set(#"{"match":"*","drip_bytes_per_second":\#(rate),"body":"\#(body)"}"#, test)
            let answer = await test.get(path)
            #expect(answer.rawBody == Array(body.utf8))
            #expect(answer.duration >= .milliseconds(150))
        }
    }

    @Test("break off the body by closing the connection")
    func truncate() async throws {
        try await UpstreamUnderTest.run { test in
            let truth = await test.get(path).rawBody
            await set(#"{"match":"/web","truncate_after":10}"#, test)
            let answer = await test.get(path)
            #expect(answer["Content-Length"] == "\(truth.count)")
            #expect(answer.rawBody == Array(truth.prefix(10)))
            #expect(answer.ending == .closed)
        }
    }

    @Test("reset the connection, before the answer and within it")
    func reset() async throws {
        try await UpstreamUnderTest.run { test in
            await set(
                #"[{"match":"/web","reset":true,"times":1},{"match":"/web","reset":true,"truncate_after":5}]"#, test)
            let before = await test.get(path)
            #expect(before.bytes.isEmpty)
            #expect(before.ending == .reset)
            let within = await test.get(path)
            #expect(within.status == 200)
            #expect(within.rawBody.count == 5)
            #expect(within.ending == .reset)
        }
    }

    @Test("hang, before the answer and within it, until the upstream stops")
    func hang() async throws {
        try await UpstreamUnderTest.run { test in
            await set(
                #"[{"match":"/web","hang":true,"times":1},{"match":"/web","hang":true,"truncate_after":5}]"#, test)
            let before = await test.get(path, patience: .milliseconds(100))
            #expect(before.bytes.isEmpty)
            #expect(before.ending == .silent)
            let within = await test.get(path, patience: .milliseconds(100))
            #expect(within.rawBody.count == 5)
            #expect(within.ending == .silent)
            async let waiting = test.get(path)
            let deadline = MonotonicTime.current + .seconds(10)
            while test.upstream.counters.paths[path] != 3, MonotonicTime.current < deadline { await Task.yield() }
            #expect(test.upstream.counters.paths[path] == 3)
            await test.upstream.stop()
            #expect(await waiting.ending != .silent)
        }
    }

    @Test("announce a length that is not the body's", arguments: [5, 1000])
    func wrongLength(_ length: Int) async throws {
        try await UpstreamUnderTest.run { test in
            let truth = await test.get(path).rawBody
            await set(#"{"match":"*","content_length":\#(length)}"#, test)
            let answer = await test.get(path)
            #expect(answer["Content-Length"] == "\(length)")
            #expect(answer.rawBody == truth)
            #expect(answer.ending == .closed)
        }
    }

    @Test("meet only the requests and calls they are for")
    func matching() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            let grove = try test.contract(of: "Grove")
            func status(_ contract: ContractAddress, _ token: UInt64) async -> Int? {
                let call = ContractCall.tokenURI(of: TokenIdentifier(token), in: contract)
                return await test.post("/rpc", String(decoding: RPCRequest.body(call, identifier: 1), as: UTF8.self))
                    .status
            }
            await set(#"{"match":"rpc:\#(orchard.lowercase):7","status":500}"#, test)
            #expect(await status(orchard, 7) == 500)
            #expect(await status(orchard, 8) == 200)
            #expect(await status(grove, 7) == 200)
            #expect(await test.get(path).status == 200)
            await set(#"{"match":"rpc:\#(grove.checksummed)","status":502}"#, test)
            #expect(await status(grove, 1) == 502)
            #expect(await status(orchard, 1) == 200)
            await set(#"{"match":"rpc","status":504}"#, test)
            #expect(await status(orchard, 1) == 504)
            #expect(await test.get(path).status == 200)
            #expect(await test.send("DELETE", "/control/faults").status == 204)
            #expect(await status(orchard, 7) == 200)
        }
    }

    @Test("answer one call of a batch with an error of its own")
    func callError() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard")
            await set(
                #"{"match":"rpc:\#(orchard):2","rpc_error":{"code":429,"message":"rate limit"},"times":1}"#, test)
            let calls = (1...3).map { ContractCall.tokenURI(of: TokenIdentifier(UInt64($0)), in: orchard) }
            let body = String(decoding: RPCRequest.batchBody(calls, firstIdentifier: 1), as: UTF8.self)
            let answers = Array(try await test.rpc(body).elements)
            #expect(answers.map { $0["error"]?["code"]?.integer } == [nil, 429, nil])
            #expect(answers[0]["result"] != nil)
            let again = Array(try await test.rpc(body).elements)
            #expect(again.allSatisfy { $0["result"] != nil })
        }
    }

    @Test(
        "are refused when they are misspelt or out of range",
        arguments: [
            "{", "{}", #"{"match":"somewhere"}"#, #"{"match":"rpc:0x12"}"#, #"{"match":"*","stauts":500}"#,
            #"{"match":"*","status":99}"#, #"{"match":"*","times":0}"#, #"{"match":"*","reset":1}"#,
            #"{"match":"*","body":7}"#, #"{"match":"*","rpc_error":{}}"#, #"{"match":"*","delay_ms":-1}"#,
            #"[{"match":"*","status":500},{"match":"*","hang":"yes"}]"#,
        ])
    func refused(_ json: String) async throws {
        try await UpstreamUnderTest.run { test in
            let answer = await test.post("/control/faults", json)
            #expect(answer.status == 400)
            #expect(!answer.rawBody.isEmpty)
            #expect(await test.get(path).status == 200)
        }
    }

    @Test("never touch /control")
    func control() async throws {
        try await UpstreamUnderTest.run { test in
            await set(#"{"match":"*","hang":true}"#, test)
            #expect(await test.get("/control/counters").status == 200)
            #expect(await test.post("/control/reset", "").status == 204)
            #expect(await test.get(path).status == 200)
        }
    }
}
