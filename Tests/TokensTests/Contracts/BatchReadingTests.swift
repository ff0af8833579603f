import Testing
import Tokens

@Suite("An answer to a JSON-RPC batch")
struct BatchReadingTests {
    private func reading(_ body: String, status: Int = 200, count: Int = 3) -> RPCBatchReading {
        RPCBatchReading(status: status, body: Array(body.utf8), identifiers: 0..<count)
    }

    private static let tooMany = #"{"code":-32600,"message":"batch too large"}"#

    @Test("is read call by call when any call was answered")
    func answered() {
        let body =
            #"[{"id":2,"result":"0x02"},{"id":0,"error":{"code":429,"message":"slow"}},"#
            + #"{"id":1,"error":{"code":3,"message":"execution reverted","data":"0x7e273289"}}]"#
        let outcomes: [CallOutcome] = [.rateLimited(message: "slow"), .reverted(.nonexistentToken), .returned([2])]
        #expect(reading(body) == .answered(outcomes))
        #expect(reading(body, status: 500) == .answered(outcomes))
    }

    @Test(
        "is a refusal of the batch in all the ways that are in use",
        arguments: [
            (200, #"{"jsonrpc":"2.0","id":null,"error":"# + tooMany + "}"), (400, #"{"error":"# + tooMany + "}"),
            // An array of one error
            (200, #"[{"id":null,"error":"# + tooMany + "}]"),
            // geth: the error stands at the first call, the others are missing
            (200, #"[{"id":0,"error":"# + tooMany + "}]"),
            // dRPC
            (
                500,
                #"{"id":1,"error":{"code":31,"message":"Batch of more than 3 requests are not allowed on free tier"}}"#
            ),
            (200, #"[{"id":0,"error":"# + tooMany + #"},{"id":1,"error":"# + tooMany + "}]"),
            // Ronin
            (400, #"{"error":{"code":-32000,"message":"too many requests"}}"#),
            // jsonrpsee
            (
                200,
                #"{"id":null,"error":{"code":-32005,"message":"Batched requests are not supported by this server"}}"#
            ),
            (200, #"{"id":null,"error":{"code":-32600,"message":"Invalid Request"}}"#),
            (200, #"{"id":null,"error":{"code":-32005,"message":"batch limit exceeded"}}"#),
            (413, "<html>Request Entity Too Large</html>"), (400, "Bad Request"), (200, ""), (200, "[]"), (200, "null"),
        ]
    )
    func refused(status: Int, body: String) {
        #expect(reading(body, status: status) == .refused)
    }

    @Test("that limits the caller, or is no answer at all, is no refusal of the batch")
    func failed() {
        let limited = #"{"id":null,"error":{"code":-32005,"message":"rate limit exceeded"}}"#
        #expect(reading(limited) == .failed(.rateLimited(message: "rate limit exceeded")))
        #expect(reading("slow down", status: 429) == .failed(.rateLimited(message: "status 429")))
        #expect(reading("", status: 503) == .failed(.providerFault(code: nil, message: "status 503")))
        #expect(reading("", status: 401) == .failed(.providerFault(code: nil, message: "status 401")))
        #expect(reading("", status: 504) == .failed(.exhausted(message: "status 504")))
        let large = #"{"id":null,"error":{"code":-32003,"message":"The batch response was too large"}}"#
        #expect(reading(large) == .failed(.exhausted(message: "The batch response was too large")))
    }

    @Test("that limits every call is read call by call, so that each can be asked again")
    func limitedThroughout() {
        let item = #""error":{"code":429,"message":"slow"}}"#
        #expect(
            reading("[{\"id\":0,\(item),{\"id\":1,\(item)]", count: 2)
                == .answered([.rateLimited(message: "slow"), .rateLimited(message: "slow")]))
    }
}
