import SampleUpstream
import Testing
import Tokens

@Suite("The simulated chain")
struct ChainTests {
    @Test("answers a call of tokenURI with an ABI-encoded string")
    func tokenURI() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Orchard")
            let answer = try await test.call(.tokenURI(of: TokenIdentifier(7), in: contract))
            #expect(answer["id"]?.integer == 7)
            #expect(answer["jsonrpc"]?.string == "2.0")
            let hex = try #require(answer["result"]?.string)
            let uri = String(decoding: try ABIString.decode(hex), as: UTF8.self)
            #expect(uri.hasPrefix("ipfs://bafybei"))
            #expect(uri.hasSuffix("/7"))
        }
    }

    @Test("answers a batch in order, with the ids as they were written, and leaves out notifications")
    func batch() async throws {
        try await UpstreamUnderTest.run { test in
            let answer = try await test.rpc(
                """
                [{"jsonrpc":"2.0","id":"a\\u0062","method":"eth_chainId"},
                 {"jsonrpc":"2.0","method":"eth_chainId"},
                 {"jsonrpc":"2.0","id":2,"method":"eth_blockNumber","params":[]},
                 {"jsonrpc":"2.0","id":null,"method":"eth_mining"},
                 5]
                """)
            let items = Array(answer.elements)
            #expect(items.count == 4)
            let ids = items.map { String(decoding: $0["id"]?.text ?? [], as: UTF8.self) }
            #expect(ids == [#""a\u0062""#, "2", "null", "null"])
            #expect(items[0]["result"]?.string == "0x539")
            #expect(items[1]["result"]?.string?.hasPrefix("0x") == true)
            #expect(items[2]["error"]?["code"]?.integer == -32601)
            #expect(items[3]["error"]?["code"]?.integer == -32600)
        }
    }

    @Test("refuses empty and oversized batches with a single error")
    func refusedBatches() async throws {
        try await UpstreamUnderTest.run { test in
            let empty = try await test.rpc("[]")
            #expect(empty["error"]?["code"]?.integer == -32600)
            let item = #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#
            let large = try await test.rpc("[" + Array(repeating: item, count: 1001).joined(separator: ",") + "]")
            #expect(large["error"]?["message"]?.string == "batch too large")
            let full = try await test.rpc("[" + Array(repeating: item, count: 1000).joined(separator: ",") + "]")
            #expect(Array(full.elements).count == 1000)
        }
    }

    @Test("answers what is not JSON with a parse error, and other methods than POST with 405")
    func malformed() async throws {
        try await UpstreamUnderTest.run { test in
            let broken = await test.post("/rpc", "{")
            #expect(broken.status == 400)
            let error = try JSONDocument(validating: broken.rawBody).root["error"]
            #expect(error?["code"]?.integer == -32700)
            let get = await test.get("/rpc")
            #expect(get.status == 405)
            #expect(get["Allow"] == "POST")
        }
    }

    @Test(
        "refuses calls without a usable address or data",
        arguments: [
            "[]", "[{}]", #"[{"to":"0x12","data":"0x"}]"#,
            #"[{"to":"0x0000000000000000000000000000000000000001","data":"c87b56dd"}]"#,
            #"[{"to":"0x0000000000000000000000000000000000000001","data":"0xc87"}]"#,
        ])
    func invalidParameters(_ parameters: String) async throws {
        try await UpstreamUnderTest.run { test in
            let answer = try await test.rpc(#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":\#(parameters)}"#)
            #expect(answer["error"]?["code"]?.integer == -32602)
        }
    }

    @Test("reverts with code 3 and the data of ERC721NonexistentToken for a token that does not exist")
    func nonexistent() async throws {
        try await UpstreamUnderTest.run { test in
            let contract = try test.contract(of: "Orchard")
            let answer = try await test.call(.tokenURI(of: TokenIdentifier(10_000), in: contract))
            #expect(answer["result"] == nil)
            #expect(answer["error"]?["code"]?.integer == 3)
            #expect(answer["error"]?["message"]?.string == "execution reverted")
            let argument = TokenIdentifier(10_000).paddedHex
            #expect(answer["error"]?["data"]?.string == "0x7e273289\(argument)")
        }
    }

    @Test("reverts without data where a contract has no such function, and returns nothing where there is no contract")
    func unknownFunctions() async throws {
        try await UpstreamUnderTest.run { test in
            let bazaar = try test.contract(of: "Bazaar")
            let missing = try await test.call(.tokenURI(of: TokenIdentifier(1), in: bazaar))
            #expect(missing["error"]?["code"]?.integer == -32000)
            #expect(missing["error"]?["data"] == nil)
            let nobody = try ContractAddress(parsing: "0x0000000000000000000000000000000000000001")
            let empty = try await test.call(.tokenURI(of: TokenIdentifier(1), in: nobody))
            #expect(empty["result"]?.string == "0x")
        }
    }

    @Test("tells the interfaces, names and supplies of its contracts")
    func properties() async throws {
        try await UpstreamUnderTest.run { test in
            func supports(_ interface: InterfaceIdentifier, _ name: String) async throws -> Bool {
                let contract = try test.contract(of: name)
                let result = try await test.call(.supports(interface, in: contract))["result"]?.string
                return result == "0x" + TokenIdentifier(1).paddedHex
            }
            #expect(try await supports(.erc721, "Orchard"))
            #expect(try await supports(.erc721Metadata, "Orchard"))
            #expect(try await !supports(.erc1155, "Orchard"))
            #expect(try await supports(.erc1155, "Bazaar"))
            #expect(try await supports(.erc1155Metadata, "Bazaar"))
            #expect(try await !supports(.erc721, "Bazaar"))
            #expect(try await !supports(.never, "Orchard"))
            let orchard = try test.contract(of: "Orchard")
            #expect(try await test.string(ContractCall(.name, of: orchard)) == "Orchard")
            #expect(try await test.string(ContractCall(.symbol, of: orchard)) == "ORCH")
            let supply = try await test.call(ContractCall(.totalSupply, of: orchard))["result"]?.string
            #expect(supply == "0x" + TokenIdentifier(10_000).paddedHex)
        }
    }
}
