/// The events that tell of changed metadata, each by the signature whose Keccak-256 is its first topic.
public enum MetadataEvent: String, Sendable, CaseIterable {
    /// ERC-4906: one token.
    case metadataUpdate = "MetadataUpdate(uint256)"
    /// ERC-4906: the tokens from one number to another, both included.
    case batchMetadataUpdate = "BatchMetadataUpdate(uint256,uint256)"
    /// ERC-1155: one token, with its new URI.
    case uri = "URI(string,uint256)"
    /// ERC-7572: the contract itself.
    case contractURIUpdated = "ContractURIUpdated()"
    /// The contract itself, as thirdweb's contracts say it: the URI before and after.
    case contractURIReplaced = "ContractURIUpdated(string,string)"

    /// The first topic of the event's logs.
    public var topic: UInt256 { Keccak256.hash(rawValue) }

    private static let byTopic = Dictionary(uniqueKeysWithValues: allCases.map { ($0.topic, $0) })

    init?(topic: UInt256) {
        guard let event = Self.byTopic[topic] else { return nil }
        self = event
    }

    /// The topics of all of them, for a filter.
    public static let topics = allCases.map(\.topic)
}
