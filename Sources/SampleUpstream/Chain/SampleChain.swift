import Tokens

/// The simulated chain behind `/rpc`: fixed contracts, and a block that never changes.
struct SampleChain: Sendable {
    /// The number of the chain in EIP-155.
    static let identifier: UInt64 = 1337
    private static let blockNumber: UInt64 = 21_000_000

    let contracts: [ContractAddress: any SampleContract]

    /// The body of the answer; empty when the caller sent notifications only.
    ///
    /// `failure` may replace the answer to a call by an error.
    func answer(_ body: RPCBody, failure: (ReceivedCall) -> RPCError?) -> [UInt8] {
        var output: [UInt8] = []
        switch body {
        case .refused(let error):
            append(.failure(error), id: Array("null".utf8), to: &output)
        case .single(let request):
            append(answerTo: request, failure, to: &output)
        case .batch(let requests):
            for request in requests where request.id != nil {
                output.append(UInt8(ascii: output.isEmpty ? "[" : ","))
                append(answerTo: request, failure, to: &output)
            }
            if !output.isEmpty { output.append(UInt8(ascii: "]")) }
        }
        return output
    }

    private func append(
        answerTo request: ReceivedRequest, _ failure: (ReceivedCall) -> RPCError?, to output: inout [UInt8]
    ) {
        guard let id = request.id else { return }
        append(request.method.flatMap { result(of: $0, failure) }, id: id, to: &output)
    }

    private func result(
        of method: ReceivedRequest.Method, _ failure: (ReceivedCall) -> RPCError?
    ) -> Result<String, RPCError> {
        switch method {
        case .chainID: return .success(Self.quantity(Self.identifier))
        case .blockNumber: return .success(Self.quantity(Self.blockNumber))
        case .call(let call):
            if let error = failure(call) { return .failure(error) }
            guard let contract = contracts[call.contract] else { return .success("0x") }
            return switch contract.run(call) {
            case .returned(let data): .success(HexText.encode(data))
            case .reverted(let reason, let data): .failure(.reverted(reason: reason, data: data))
            }
        }
    }

    private static func quantity(_ value: UInt64) -> String {
        "0x" + String(value, radix: 16)
    }

    private func append(_ result: Result<String, RPCError>, id: [UInt8], to output: inout [UInt8]) {
        output.append(text: #"{"jsonrpc":"2.0","id":"#)
        output.append(contentsOf: id)
        switch result {
        case .success(let value):
            output.append(text: #","result":""#)
            // Hexadecimal needs no escapes, and there may be many kilobytes of it.
            output.append(contentsOf: value.utf8)
            output.append(text: "\"")
        case .failure(let error):
            output.append(text: #","error":{"code":\#(error.code),"message":"#)
            output.append(jsonString: error.message)
            if let data = error.data {
                output.append(text: #","data":"#)
                output.append(jsonString: data)
            }
            output.append(text: "}")
        }
        output.append(text: "}")
    }
}
