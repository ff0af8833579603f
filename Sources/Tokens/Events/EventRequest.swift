/// The questions whose answers tell what happened on a chain, as bodies of JSON-RPC requests (EIP-1474).
public enum EventRequest: Sendable, Hashable {
    /// The number of the newest block.
    case head
    /// The block with a number, for its hash.
    case block(UInt64)
    /// The logs that tell of changed metadata of these contracts, in these blocks.
    case logs([ContractAddress], ClosedRange<UInt64>)

    /// What the answer carries to be taken for it.
    static let identifier = 1

    public var body: [UInt8] {
        var body: [UInt8] = []
        body.append(text: #"{"jsonrpc":"2.0","id":\#(Self.identifier),"method":""#)
        switch self {
        case .head:
            body.append(text: #"eth_blockNumber","params":[]}"#)
        case .block(let number):
            body.append(text: #"eth_getBlockByNumber","params":["\#(Self.quantity(number))",false]}"#)
        case .logs(let contracts, let blocks):
            body.reserveCapacity(600 + contracts.count * (ContractAddress.textLength + 3))
            body.append(text: #"eth_getLogs","params":[{"fromBlock":"\#(Self.quantity(blocks.lowerBound))","#)
            body.append(text: #""toBlock":"\#(Self.quantity(blocks.upperBound))","address":["#)
            for (index, contract) in contracts.enumerated() {
                body.append(text: index == 0 ? "\"" : ",\"")
                contract.appendLowercase(to: &body)
                body.append(text: "\"")
            }
            body.append(text: #"],"topics":[["#)
            for (index, topic) in MetadataEvent.topics.enumerated() {
                if index > 0 { body.append(JSONByte.comma) }
                RPCData.append(topic.bigEndianBytes, to: &body)
            }
            body.append(text: "]]}]}")
        }
        return body
    }

    private static func quantity(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
