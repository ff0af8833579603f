import Tokens

/// What is asked about the past of the chain.
enum HistoryQuestion: Sendable {
    struct Filter: Sendable {
        let blocks: ClosedRange<UInt64>
        let contracts: Set<ContractAddress>
        /// For the first topic; empty for all.
        let topics: Set<UInt256>
    }

    case block(UInt64)
    case logs(Filter)

    /// Reads the parameters of `eth_getBlockByNumber`.
    init(block parameters: JSONValue?) throws(RPCError) {
        guard let number = parameters?.elements.first(where: { _ in true })?.quantity else {
            throw .invalidParameters("a block is named by 0x and hexadecimal digits here")
        }
        self = .block(number)
    }

    /// Reads the parameters of `eth_getLogs`: two blocks by their numbers, and addresses.
    init(logs parameters: JSONValue?) throws(RPCError) {
        guard let object = parameters?.elements.first(where: { _ in true }), let from = object["fromBlock"]?.quantity,
            let to = object["toBlock"]?.quantity, from <= to, let addresses = object["address"]
        else { throw .invalidParameters("fromBlock, toBlock and address are needed here") }
        let texts = addresses.kind == .array ? addresses.elements.map(\.string) : [addresses.string]
        var contracts: Set<ContractAddress> = []
        for text in texts {
            guard let text, let contract = try? ContractAddress(parsing: text) else {
                throw .invalidParameters("an address is not one")
            }
            contracts.insert(contract)
        }
        let first = object["topics"]?.elements.first { _ in true }
        let topics = first.map { $0.kind == .array ? $0.elements.map(\.string) : [$0.string] } ?? []
        self = .logs(
            Filter(
                blocks: from...to, contracts: contracts,
                topics: Set(topics.compactMap { $0.flatMap { UInt256(paddedHex: $0.dropFirst(2)) } })))
    }
}

extension JSONValue {
    fileprivate var quantity: UInt64? {
        guard let text = string, text.hasPrefix("0x") else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}
