import Testing
import Tokens

/// The ABI encoding of a string, in hexadecimal.
private func hexString(_ text: String) -> String {
    ABI.encodeString(text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite("JSON-RPC")
struct RPCTests {
    private func outcome(_ response: String, identifier: Int = 7) -> CallOutcome {
        RPCResponse.outcome(of: Array(response.utf8), identifier: identifier)
    }

    @Test("a request is one eth_call at the latest block")
    func request() throws {
        let call = ContractCall(.totalSupply, of: try TokenReference.sample().contract)
        #expect(
            text(RPCRequest.body(call, identifier: 7))
                == #"{"jsonrpc":"2.0","id":7,"method":"eth_call","params":["#
                + #"{"to":"0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d","data":"0x18160ddd"},"latest"]}"#
        )
    }

    @Test("a batch is a JSON array with consecutive identifiers")
    func batch() throws {
        let contract = try TokenReference.sample().contract
        let calls = (0..<3).map { ContractCall.tokenURI(of: TokenIdentifier(UInt64($0)), in: contract) }
        let document = try JSONDocument(validating: RPCRequest.batchBody(calls, firstIdentifier: 10))
        #expect(document.root.elements.map { $0["id"]?.integer } == [10, 11, 12])
        #expect(text(RPCRequest.batchBody([], firstIdentifier: 1)) == "[]")
    }

    @Test("data, no data, and results that are no data are told apart")
    func results() {
        #expect(outcome(#"{"jsonrpc":"2.0","id":7,"result":"0x00ff"}"#) == .returned([0, 255]))
        #expect(outcome(#"{"jsonrpc":"2.0","id":7,"error":null,"result":"0x00FF"}"#) == .returned([0, 255]))
        #expect(outcome(#"{"jsonrpc":"2.0","id":7,"result":"0x"}"#) == .unsupported)
        for result in ["null", "\"0x0\"", "\"00\"", "\"0xzz\"", "5", "{}", "\"\""] {
            guard case .providerFault = outcome(#"{"jsonrpc":"2.0","id":7,"result":"# + result + "}") else {
                Issue.record("accepted \(result)")
                continue
            }
        }
    }

    @Test("answers to other calls and answers that are not JSON-RPC are the provider's fault")
    func foreignAnswers() {
        for body in [
            #"{"jsonrpc":"2.0","id":8,"result":"0x00"}"#, #"{"jsonrpc":"2.0","id":"7","result":"0x00"}"#,
            #"{"jsonrpc":"2.0","id":7}"#, "", "<html>", "[]", "null", "3", #""x""#, #"{"id":7,"result":"0x00""#,
        ] {
            guard case .providerFault = outcome(body) else {
                Issue.record("accepted \(body)")
                continue
            }
        }
    }

    @Test(
        "reverts are recognised from code, message or data",
        arguments: [
            (#"{"code":3,"message":"execution reverted","data":"0x7e273289"}"#, RevertReason.nonexistentToken),
            (#"{"code":-32000,"message":"execution reverted"}"#, .unexplained),
            (#"{"code":-32000,"message":"execution reverted: no such token"}"#, .message("no such token")),
            (#"{"code":-32603,"message":"Execution reverted","data":"0xa14c4b50"}"#, .nonexistentToken),
            (#"{"code":-32015,"message":"VM execution error.","data":"Reverted 0x7e273289"}"#, .nonexistentToken),
            (#"{"code":-32000,"message":"invalid opcode: INVALID"}"#, .unexplained),
            (#"{"code":3,"message":"execution reverted","data":{"data":"0xdeadbeef"}}"#, .custom(.init(0xdead_beef))),
            (#"{"code":-32603,"message":"execution reverted: rate limit exceeded"}"#, .message("rate limit exceeded")),
            // Nethermind and OpenEthereum
            (#"{"code":-32015,"message":"VM execution error.","data":"revert"}"#, .unexplained),
            (#"{"code":-32015,"message":"VM execution error.","data":"Bad instruction fe"}"#, .unexplained),
            // Besu
            (#"{"code":-32000,"message":"Execution reverted","data":"0x7e273289"}"#, .nonexistentToken),
            // Ganache and Hardhat
            (
                #"{"code":-32000,"message":"VM Exception while processing transaction: revert no such token"}"#,
                .message("no such token")
            ),
            (
                #"{"code":-32603,"message":"Error: VM Exception while processing transaction: reverted","data":"#
                    + #"{"message":"reverted","data":"0x7e273289"}}"#, .nonexistentToken
            ),
            // A contract may write what it likes into its own message.
            (
                #"{"code":3,"message":"execution reverted: out of gas","data":"0x08c379a0"#
                    + hexString("out of gas") + #""}"#, .message("out of gas")
            ),
        ]
    )
    func reverts(error: String, reason: RevertReason) {
        #expect(outcome(#"{"jsonrpc":"2.0","id":7,"error":"# + error + "}") == .reverted(reason))
    }

    @Test(
        "rate limits are recognised from code or message",
        arguments: [
            #"{"code":429,"message":"x"}"#, #"{"code":-32005,"message":"x"}"#, #"{"code":-32605,"message":"x"}"#,
            #"{"code":-32000,"message":"Too Many Requests"}"#, #"{"code":-32016,"message":"over rate limit"}"#,
            #"{"code":-32007,"message":"50/second request limit reached"}"#,
            #"{"code":-32000,"message":"daily request limit reached"}"#,
            #"{"code":-32016,"message":"You have exceeded its compute units per second capacity"}"#,
        ]
    )
    func rateLimits(error: String) {
        guard case .rateLimited = outcome(#"{"jsonrpc":"2.0","id":7,"error":"# + error + "}") else {
            Issue.record("not a rate limit: \(error)")
            return
        }
    }

    @Test(
        "everything else is a fault of the provider",
        arguments: [
            #"{"code":-32603,"message":"internal error"}"#, #"{"code":-32601,"message":"method not found"}"#,
            #"{"code":"x"}"#, "{}", "[]", "\"broken\"",
        ]
    )
    func faults(error: String) {
        guard case .providerFault = outcome(#"{"jsonrpc":"2.0","id":7,"error":"# + error + "}") else {
            Issue.record("not a fault: \(error)")
            return
        }
    }

    @Test(
        "E-15 what went past the provider's limits is neither a revert nor a missing token",
        arguments: [
            #"{"code":-32000,"message":"out of gas"}"#, #"{"code":-32000,"message":"gas limit exceeded"}"#,
            #"{"code":-32000,"message":"execution timeout"}"#,
            #"{"code":-32000,"message":"execution aborted (timeout = 5s)"}"#,
            #"{"code":-32003,"message":"out of gas","data":"0x"}"#,
            #"{"code":-32015,"message":"VM execution error.","data":"OutOfGas"}"#,
            #"{"code":-32015,"message":"VM execution error.","data":"Out of gas"}"#,
            #"{"code":3,"message":"execution reverted: out of gas"}"#,
            #"{"code":-32003,"message":"response too large"}"#, #"{"code":-32008,"message":"Response is too big"}"#,
            #"{"code":-32015,"message":"Node timeout"}"#,
        ]
    )
    func exhaustion(error: String) {
        guard case .exhausted = outcome(#"{"jsonrpc":"2.0","id":7,"error":"# + error + "}") else {
            Issue.record("not exhaustion: \(error)")
            return
        }
    }

    @Test("a batch is matched by identifier, whatever the order, and holes are faults of their own")
    func outOfOrder() {
        let body = #"[{"id":3,"result":"0x03"},{"id":1,"error":{"code":3,"message":"r"}},{"id":3,"result":"0x33"},5]"#
        let outcomes = RPCResponse.outcomes(of: Array(body.utf8), identifiers: 1..<4)
        #expect(outcomes.count == 3)
        #expect(outcomes[0] == .reverted(.unexplained))
        #expect(outcomes[1] == .providerFault(code: nil, message: "the provider did not answer this call"))
        #expect(outcomes[2] == .returned([3]))
    }

    @Test("one error object answers a whole batch")
    func wholesaleError() {
        let error = #"{"jsonrpc":"2.0","id":null,"error":{"code":429,"message":"slow down"}}"#
        for body in [error, "[" + error + "]"] {
            let outcomes = RPCResponse.outcomes(of: Array(body.utf8), identifiers: 0..<3)
            #expect(outcomes == Array(repeating: .rateLimited(message: "slow down"), count: 3))
        }
    }

    @Test("messages are cut and cleaned")
    func messages() {
        let message = String(repeating: "x", count: 5000) + "\\n"
        guard case .providerFault(_, let text) = outcome(#"{"id":7,"error":{"message":""# + message + #""}}"#) else {
            Issue.record("not a fault")
            return
        }
        #expect(text.count == 201)
    }

    @Test("no flipped bit of a batch crashes the decoder")
    func mutations() {
        let body = Array(
            #"[{"jsonrpc":"2.0","id":1,"result":"0x00"},{"id":2,"error":{"code":3,"data":"0x08c379a0"}}]"#.utf8)
        for bit in 0..<body.count * 8 {
            var mutated = body
            mutated[bit / 8] ^= 1 << (bit % 8)
            #expect(RPCResponse.outcomes(of: mutated, identifiers: 1..<3).count == 2)
        }
    }
}
