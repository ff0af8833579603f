import SampleUpstream
import Testing
import Tokens

@Suite("The history of the simulated chain")
struct HistoryTests {
    private func head(_ test: UpstreamUnderTest) async throws -> UInt64 {
        let answer = try await test.rpc(text(EventRequest.head))
        let digits = try #require(answer["result"]?.string?.dropFirst(2))
        return try #require(UInt64(digits, radix: 16))
    }

    private func hash(of block: UInt64, _ test: UpstreamUnderTest) async throws -> String? {
        try await test.rpc(text(EventRequest.block(block)))["result"]?["hash"]?.string
    }

    private func logs(
        of contract: ContractAddress, _ blocks: ClosedRange<UInt64>, _ test: UpstreamUnderTest
    ) async throws -> JSONValue {
        try await test.rpc(text(EventRequest.logs([contract], blocks)))
    }

    private func text(_ request: EventRequest) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test("goes on when told to, and tells blocks and logs")
    func going() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Lantern")
            let start = try await head(test)
            test.upstream.emit(.metadataUpdate(TokenIdentifier(7)), .contractURIUpdated, by: contract)
            test.upstream.mine(2)
            #expect(try await head(test) == start + 3)
            let found = try await logs(of: contract, start...(start + 3), test)["result"]?.elements.map(\.self) ?? []
            #expect(found.count == 2)
            let topics = found.map { $0["topics"]?.elements.compactMap(\.string) }
            #expect(topics.first == ["0xf8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce7"])
            #expect(found.first?["data"]?.string == "0x" + TokenIdentifier(7).paddedHex)
            #expect(try await found.first?["blockHash"]?.string == hash(of: start + 1, test))
            #expect(Set(found.compactMap { $0["logIndex"]?.string }).count == 2)
            #expect(try await logs(of: contract, start...start, test)["result"]?.elements.map(\.self).count == 0)
            let other = try test.contract(of: "Orchard")
            #expect(try await logs(of: other, start...(start + 3), test)["result"]?.elements.map(\.self).count == 0)
            #expect(test.upstream.counters.logRequests == 3)
        }
    }

    @Test("can be another from some block on, with what happened or without")
    func reorganisations() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Lantern")
            test.upstream.emit(.metadataUpdate(TokenIdentifier(7)), by: contract)
            test.upstream.mine(2)
            let top = try await head(test)
            let before = (try await hash(of: top - 3, test), try await hash(of: top - 2, test))
            test.upstream.reorganise(3)
            #expect(try await hash(of: top - 3, test) == before.0)
            #expect(try await hash(of: top - 2, test) != before.1)
            let moved = try await logs(of: contract, (top - 3)...top, test)["result"]?.elements.map(\.self) ?? []
            #expect(try await moved.map { $0["blockHash"]?.string } == [hash(of: top, test)])
            test.upstream.reorganise(1, keepingEvents: false)
            #expect(try await logs(of: contract, (top - 3)...top, test)["result"]?.elements.map(\.self).count == 0)
            #expect(try await head(test) == top)
            #expect(try await hash(of: top + 1, test) == nil)
        }
    }

    @Test("is not told beyond its end, nor past the limits that are set")
    func limits() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Lantern")
            let updates = (0..<3).map { SampleEvent.metadataUpdate(TokenIdentifier($0)) }
            for update in updates { test.upstream.emit(update, by: contract) }
            let top = try await head(test)
            func refusal(_ blocks: ClosedRange<UInt64>) async throws -> String? {
                try await logs(of: contract, blocks, test)["error"]?["message"]?.string
            }
            #expect(try await refusal(top...(top + 1)) == "block range extends beyond current head block")
            test.upstream.limitLogs(blocks: 5, results: 2)
            #expect(try await refusal((top - 5)...top) == "exceed maximum block range: 5")
            #expect(try await refusal((top - 4)...top) == "query returned more than 2 results")
            #expect(try await refusal((top - 1)...top) == nil)
            test.upstream.limitLogs(contracts: 0)
            #expect(try await refusal(top...top) == "exceed max addresses or topics per search position")
        }
    }

    @Test("is moved from outside of the process, too")
    func control() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Lantern").lowercase
            let start = try await head(test)
            #expect(await test.post("/control/blocks", #"{"count":4}"#).status == 204)
            for event in [
                #""event":"MetadataUpdate","token_id":"7""#,
                #""event":"BatchMetadataUpdate","token_id":"0","to":"0xff""#,
                #""event":"URI","token_id":"7","uri":"ipfs://x""#, #""event":"ContractURIUpdated""#,
            ] {
                #expect(await test.post("/control/events", #"{"contract":"\#(contract)",\#(event)}"#).status == 204)
            }
            #expect(try await head(test) == start + 8)
            #expect(await test.post("/control/reorganise", #"{"blocks":2,"keep_events":false}"#).status == 204)
            let address = try test.contract(of: "Lantern")
            let found = try await logs(of: address, start...(start + 8), test)["result"]?.elements.map(\.self)
            #expect(found?.count == 2)
            #expect(await test.post("/control/log-limits", #"{"blocks":1}"#).status == 204)
            #expect(try await logs(of: address, start...(start + 8), test)["error"] != nil)
            #expect(await test.post("/control/events", #"{"contract":"\#(contract)","event":"Mint"}"#).status == 400)
            #expect(await test.post("/control/reset", "{}").status == 204)
            #expect(try await head(test) == start)
        }
    }
}
