import Tokens

/// The simulated chain behind `/rpc`: fixed contracts, and a history that goes on when told to.
struct SampleChain: Sendable {
    /// The number of the chain in EIP-155.
    static let identifier: UInt64 = 1337

    let contracts: [ContractAddress: any SampleContract]
    let history: ChainHistory

    /// What becomes of the answer to one call.
    enum CallFault: Sendable {
        case error(RPCError)
        /// There is none.
        case omitted
    }

    /// The body of the answer; empty when the caller sent notifications only.
    ///
    /// - Parameters:
    ///   - isReversed: whether a batch is answered from its end.
    ///   - fault: may replace the answer to a call.
    func answer(_ body: RPCBody, isReversed: Bool = false, fault: (ReceivedCall) -> CallFault?) -> [UInt8] {
        var output: [UInt8] = []
        switch body {
        case .refused(let error):
            append(.failure(error), id: Array("null".utf8), to: &output)
        case .single(let request):
            append(answerTo: request, fault, to: &output)
        case .batch(let requests):
            for request in isReversed ? requests.reversed() : requests where request.id != nil {
                let start = output.count
                output.append(UInt8(ascii: output.isEmpty ? "[" : ","))
                if !append(answerTo: request, fault, to: &output) { output.removeSubrange(start...) }
            }
            output.append(text: output.isEmpty && requests.contains { $0.id != nil } ? "[]" : output.isEmpty ? "" : "]")
        }
        return output
    }

    /// False when there is no answer.
    @discardableResult
    private func append(
        answerTo request: ReceivedRequest, _ fault: (ReceivedCall) -> CallFault?, to output: inout [UInt8]
    ) -> Bool {
        guard let id = request.id else { return false }
        switch request.call.flatMap(fault) {
        case .omitted?: return false
        case .error(let error)?: append(.failure(error), id: id, to: &output)
        case nil: append(request.method.flatMap { result(of: $0, fault) }, id: id, to: &output)
        }
        return true
    }

    private func result(
        of method: ReceivedRequest.Method, _ fault: (ReceivedCall) -> CallFault?
    ) -> Result<String, RPCError> {
        switch method {
        case .chainID: return .success(Self.quantity(Self.identifier))
        case .blockNumber: return .success(Self.quantity(history.head))
        case .history(let question): return history.answer(question)
        case .call(let call):
            guard gas(of: call) <= CallGas.cap else { return .failure(.outOfGas) }
            if let calls = MulticallContract.calls(in: call) {
                return .success(HexText.encode(ABIEncoding.results(together(calls, fault))))
            }
            return switch run(call) {
            case .returned(let data): .success(HexText.encode(data))
            case .reverted(let reason, let data): .failure(.reverted(reason: reason, data: data))
            }
        }
    }

    /// Calls within one, of which the later see what the earlier did.
    private func together(
        _ calls: [ReceivedCall], _ fault: (ReceivedCall) -> CallFault?
    ) -> [(isSuccess: Bool, data: [UInt8])] {
        var isDeployed = false
        return calls.map { call in
            defer { isDeployed = isDeployed || SampleWallet.isDeployment(call) }
            return inner(call, isDeployed, fault)
        }
    }

    /// One call of several within one. A fault cannot be told there, only that it failed.
    private func inner(
        _ call: ReceivedCall, _ isDeployed: Bool, _ fault: (ReceivedCall) -> CallFault?
    ) -> (isSuccess: Bool, data: [UInt8]) {
        guard fault(call) == nil else { return (false, []) }
        return switch run(call, isDeployed) {
        case .returned(let data): (true, data)
        case .reverted(_, let data): (false, data)
        }
    }

    /// - Parameter isDeployed: whether ``SampleWallet/counterfactual`` is there.
    private func run(_ call: ReceivedCall, _ isDeployed: Bool = false) -> CallResult {
        contracts[call.contract]?.run(call) ?? SampleWallet.run(call, isDeployed: isDeployed) ?? .returned([])
    }

    private func gas(of call: ReceivedCall) -> UInt64 {
        let inner = MulticallContract.calls(in: call) ?? []
        return inner.reduce(contracts[call.contract]?.gas(of: call) ?? 0) { $0 + gas(of: $1) }
    }

    private static func quantity(_ value: UInt64) -> String {
        "0x" + String(value, radix: 16)
    }

    private func append(_ result: Result<String, RPCError>, id: [UInt8], to output: inout [UInt8]) {
        output.append(text: #"{"jsonrpc":"2.0","id":"#)
        output.append(contentsOf: id)
        switch result {
        case .success(let value):
            // Hexadecimal needs no escapes, and there may be many kilobytes of it. Everything else is JSON already.
            let quote = value.hasPrefix("0x") ? "\"" : ""
            output.append(text: #","result":\#(quote)"#)
            output.append(contentsOf: value.utf8)
            output.append(text: quote)
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
