/// A log of a chain that tells of changed metadata.
public struct EventLog: Hashable, Sendable {
    /// What makes a log one and the same, however often it is read: a reorganisation brings another block.
    public struct Identity: Hashable, Sendable {
        let block: UInt256
        let index: UInt64
        let isRemoved: Bool
    }

    public let identity: Identity
    /// The hash of its block.
    public var blockHash: UInt256 { identity.block }
    /// The number of its block.
    public let block: UInt64
    public let change: MetadataChange

    init(identity: Identity, block: UInt64, change: MetadataChange) {
        self.identity = identity
        self.block = block
        self.change = change
    }
}

extension EventLog {
    /// A log that cannot be read.
    enum Malformed: Error {
        /// It is no log.
        case shape
        /// It is a log of another event, or its arguments are missing. Anybody can write such a log.
        case content
    }

    /// Reads a log object of `eth_getLogs`. One taken back by a reorganisation (`removed`) tells of a change like any
    /// other.
    init(reading value: JSONValue) throws(Malformed) {
        guard value.kind == .object, let address = value["address"]?.string,
            // Some chains have a checksum of their own; in lower case there is none.
            let contract = try? ContractAddress(parsing: address.lowercased()),
            let block = value["blockNumber"]?.quantity,
            let hash = value["blockHash"]?.word, let index = value["logIndex"]?.quantity, let list = value["topics"],
            list.kind == .array, let data = value["data"]?.bytes(upTo: MetadataEvent.dataLimit)
        else { throw .shape }
        var topics: [UInt256] = []
        for element in list.elements {
            // The EVM has no instruction for more.
            guard let topic = element.word, topics.count < 4 else { throw .shape }
            topics.append(topic)
        }
        guard let first = topics.first, let event = MetadataEvent(topic: first),
            let change = event.change(by: contract, topics: Array(topics.dropFirst()), data: data)
        else { throw .content }
        let isRemoved = value["removed"]?.boolean ?? false
        self.init(
            identity: Identity(block: hash, index: index, isRemoved: isRemoved), block: block, change: change)
    }
}

extension JSONValue {
    /// A quantity of EIP-1474, `0x` and hexadecimal digits, that fits in 64 bits.
    var quantity: UInt64? {
        guard let digits = hexDigits, digits.count <= 64 else { return nil }
        return UInt256(hexDigits: Array(digits).span)?.exactly64
    }

    /// Exactly 32 bytes of data.
    var word: UInt256? {
        guard let digits = hexDigits, digits.count == 64 else { return nil }
        return UInt256(hexDigits: Array(digits).span)
    }

    /// The beginning of a text of data; only that much is looked at.
    func bytes(upTo limit: Int) -> [UInt8]? {
        guard kind == .string else { return nil }
        return RPCData.bytes(of: text.dropFirst().dropLast().prefix(2 + 2 * limit))
    }

    private var hexDigits: ArraySlice<UInt8>? {
        guard kind == .string else { return nil }
        let content = text.dropFirst().dropLast()
        return content.starts(with: "0x".utf8) && content.count > 2 ? content.dropFirst(2) : nil
    }
}
