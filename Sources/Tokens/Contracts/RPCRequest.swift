/// JSON-RPC 2.0 requests for `eth_call` (EIP-1474).
public enum RPCRequest {
    /// The body of a request for one call.
    ///
    /// - Parameters:
    ///   - identifier: what the response must carry to be taken as the answer.
    ///   - block: the block tag or `0x` number to read at.
    public static func body(_ call: ContractCall, identifier: Int, block: String = "latest") -> [UInt8] {
        var body: [UInt8] = []
        append(call, identifier: identifier, block: block, to: &body)
        return body
    }

    /// The body of a batch; the calls carry consecutive identifiers.
    public static func batchBody(
        _ calls: some Collection<ContractCall>, firstIdentifier: Int, block: String = "latest"
    ) -> [UInt8] {
        var body: [UInt8] = [JSONByte.openBracket]
        body.reserveCapacity(calls.count * 240)
        for (index, call) in calls.enumerated() {
            if index > 0 { body.append(JSONByte.comma) }
            append(call, identifier: firstIdentifier + index, block: block, to: &body)
        }
        body.append(JSONByte.closeBracket)
        return body
    }

    private static func append(_ call: ContractCall, identifier: Int, block: String, to body: inout [UInt8]) {
        body.append(text: "{\"jsonrpc\":\"2.0\",\"id\":\(identifier),\"method\":\"eth_call\",\"params\":[{\"to\":\"")
        call.contract.appendLowercase(to: &body)
        body.append(text: "\",\"data\":")
        RPCData.append(call.data, to: &body)
        body.append(text: "},")
        body.append(jsonString: block)
        body.append(text: "]}")
    }
}
