import Testing

@testable import Tokens

@Suite("Questions about events")
struct EventExchangeTests {
    private static let contract = "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"
    private static let hash = "0x" + String(repeating: "ab", count: 32)
    private static let update = "0x" + MetadataEvent.metadataUpdate.topic.paddedHex

    private func json(_ request: EventRequest) throws -> JSONValue {
        try JSONDocument(validating: request.body).root
    }

    private func logs(
        _ body: String, of blocks: ClosedRange<UInt64> = 0...100
    ) -> EventAnswer<EventLogs> {
        EventRequest.logs(in: Array(body.utf8), of: blocks)
    }

    private func result(_ text: String) -> String { #"{"jsonrpc":"2.0","id":1,"result":\#(text)}"# }

    private func log(
        topics: [String] = [Self.update], data: String = "0x" + UInt256(7).paddedHex, block: String = "\"0x10\"",
        more: String = ""
    ) -> String {
        #"{"address":"\#(Self.contract)","blockNumber":\#(block),"blockHash":"\#(Self.hash)","logIndex":"0x2","#
            + #""topics":[\#(topics.map { "\"\($0)\"" }.joined(separator: ","))],"data":"\#(data)"\#(more)}"#
    }

    @Test("are JSON-RPC as nodes expect it")
    func requests() throws {
        #expect(text(EventRequest.head.body) == #"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}"#)
        let block = try json(.block(255))
        #expect(block["method"]?.string == "eth_getBlockByNumber")
        #expect(block["params"]?.elements.map { text($0.text) } == [#""0xff""#, "false"])
        let contract = try ContractAddress(parsing: Self.contract)
        let filter = try #require(
            try json(.logs([contract, contract], 16...31))["params"]?.elements.first { _ in true })
        #expect(filter["fromBlock"]?.string == "0x10")
        #expect(filter["toBlock"]?.string == "0x1f")
        #expect(filter["address"]?.elements.compactMap(\.string) == [Self.contract, Self.contract])
        let topics = filter["topics"]?.elements.map { $0.elements.compactMap(\.string) }
        #expect(topics == [MetadataEvent.allCases.map { "0x" + $0.topic.paddedHex }])
    }

    @Test("about the head and a block are answered by numbers and hashes")
    func numbers() throws {
        #expect(EventRequest.head(in: Array(result(#""0x10""#).utf8)) == .value(16))
        for text in [#""0x""#, #""16""#, "16", "null", #""0x10000000000000000""#, #""0xg""#] {
            guard case .refused(.fault) = EventRequest.head(in: Array(result(text).utf8)) else {
                Issue.record("accepted \(text)")
                continue
            }
        }
        let hash = EventRequest.blockHash(in: Array(result(#"{"hash":"\#(Self.hash)"}"#).utf8))
        guard case .value(let value) = hash else {
            Issue.record("not read")
            return
        }
        #expect(value?.paddedHex == String(Self.hash.dropFirst(2)))
        #expect(EventRequest.blockHash(in: Array(result("null").utf8)) == .value(nil))
        guard case .refused(.fault) = EventRequest.blockHash(in: Array(result(#"{"hash":"0x12"}"#).utf8)) else {
            Issue.record("not read")
            return
        }
    }

    @Test("about logs are answered by what has changed")
    func changes() throws {
        let contract = try ContractAddress(parsing: Self.contract)
        guard case .value(let found) = logs(result("[\(log()),\(log(more: #","removed":true"#))]")) else {
            Issue.record("not read")
            return
        }
        let expected = MetadataChange.tokens(contract, TokenRange(TokenIdentifier(7)))
        #expect(found.logs.map(\.change) == [expected, expected])
        #expect(found.logs.map(\.block) == [16, 16])
        #expect(Set(found.logs.map(\.identity)).count == 2)
        #expect(logs(result("[]")) == .value(EventLogs()))
    }

    @Test("count logs that lack their arguments, which anybody may write, and go on")
    func unreadable() throws {
        let foreign = "0x" + Keccak256.hash("Transfer(address,address,uint256)").paddedHex
        let bodies = [log(data: "0x"), log(topics: []), log(topics: [foreign]), log()]
        guard case .value(let found) = logs(result("[\(bodies.joined(separator: ","))]")) else {
            Issue.record("not read")
            return
        }
        #expect(found.unreadable == 3)
        #expect(found.logs.count == 1)
    }

    @Test("are not answered by what is no list of logs of these blocks")
    func untrustworthy() {
        let five = Array(repeating: Self.update, count: 5)
        for list in [
            "null", "{}", "[null]", "[7]", "[{}]", "[\(log(block: "null"))]", "[\(log(block: "16"))]",
            "[\(log(topics: ["0x12"]))]", "[\(log(topics: five))]", "[\(log(data: "7"))]", "[\(log(data: "0x0"))]",
        ] {
            guard case .refused(.fault) = logs(result(list)) else {
                Issue.record("accepted \(list)")
                continue
            }
        }
        guard case .refused(.fault) = logs(result("[\(log())]"), of: 17...20) else {
            Issue.record("not read")
            return
        }
        for body in ["", "<html>", "[]", result("[]").replacing(#""id":1"#, with: #""id":2"#), #"{"id":1}"#] {
            guard case .refused(.fault) = logs(body) else {
                Issue.record("accepted \(body)")
                continue
            }
        }
    }

    @Test("with more logs than one answer may have are to be made smaller")
    func tooMany() {
        let list = Array(repeating: log(), count: EventLogs.limit + 1).joined(separator: ",")
        #expect(logs(result("[\(list)]")) == .refused(.tooMuch))
    }

    @Test(
        "are refused for their size in the words of each provider",
        arguments: [
            #"{"code":-32005,"message":"query returned more than 10000 results"}"#,
            #"{"code":-32602,"message":"Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"}"#,
            #"{"code":-32600,"message":"You can make eth_getLogs requests with up to a 500 block range."}"#,
            #"{"code":-32602,"message":"range 1000000 exceeds limit of 10000"}"#,
            #"{"code":-32602,"message":"invalid params","data":{"payload":"range 9 is bigger than range limit 2"}}"#,
            #"{"code":-32614,"message":"eth_getLogs is limited to a 10,000 range"}"#,
            #"{"code":-32000,"message":"exceed maximum block range: 5000"}"#,
            #"{"code":-32000,"message":"block range is too wide"}"#,
            #"{"code":-32600,"message":"block range too high"}"#,
            #"{"code":35,"message":"ranges over 10000 blocks are not supported on freetier"}"#,
            #"{"code":-32000,"message":"requested too many blocks from 0 to 5000, maximum is set to 2048"}"#,
            #"{"code":-32005,"message":"logs matched by query exceeds limit of 10000"}"#,
            #"{"code":-32602,"message":"query exceeds max results 20000, retry with the range 1-2"}"#,
            #"{"code":-32000,"message":"query timeout exceeded"}"#,
            #"{"code":-32047,"message":"Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800"}"#,
            #"{"code":-32000,"message":"backend response too large"}"#,
        ])
    func sizes(error: String) {
        #expect(logs(#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#) == .refused(.tooMuch))
    }

    @Test(
        "are refused for the number of contracts",
        arguments: [
            #"{"code":-32000,"message":"exceed max addresses or topics per search position"}"#,
            #"{"code":-32000,"message":"Please, specify less number of addresses"}"#,
            #"{"code":-32602,"message":"This query contains 5006 filters. The current limit is 5000."}"#,
        ])
    func contracts(error: String) {
        #expect(logs(#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#) == .refused(.tooManyContracts))
    }

    @Test(
        "are refused for reasons that no smaller question removes",
        arguments: [
            #"{"code":-32005,"message":"limit exceeded"}"#,
            #"{"code":-32005,"message":"daily request count exceeded, request rate limited"}"#,
            #"{"code":429,"message":"Your app has exceeded its compute units per second capacity"}"#,
            #"{"code":-32602,"message":"block range extends beyond current head block"}"#,
            #"{"code":-32000,"message":"One of the blocks specified in filter (fromBlock, toBlock) cannot be found."}"#,
            #"{"code":-32601,"message":"the method eth_getLogs does not exist/is not available"}"#,
            #"{"code":-32000,"message":"history has been pruned for this block range, maximum depth exceeded"}"#,
            #"{"message":7}"#, #""no""#,
        ])
    func faults(error: String) {
        guard case .refused(.fault) = logs(#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#) else {
            Issue.record("taken for a matter of size: \(error)")
            return
        }
    }
}
