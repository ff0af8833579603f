public import Tokens

/// Something that a contract of the simulated chain may say happened.
public enum SampleEvent: Sendable, Hashable {
    /// ERC-4906.
    case metadataUpdate(TokenIdentifier)
    /// ERC-4906, both tokens included.
    case batchMetadataUpdate(TokenIdentifier, TokenIdentifier)
    /// ERC-1155.
    case uri(String, TokenIdentifier)
    /// ERC-7572.
    case contractURIUpdated

    /// Further topics and the data, as the event's standard wants them.
    var content: (topics: [UInt256], data: [UInt8]) {
        switch self {
        case .metadataUpdate(let token):
            ([MetadataEvent.metadataUpdate.topic], token.bigEndianBytes)
        case .batchMetadataUpdate(let first, let last):
            ([MetadataEvent.batchMetadataUpdate.topic], first.bigEndianBytes + last.bigEndianBytes)
        case .uri(let text, let token):
            ([MetadataEvent.uri.topic, token.value], ABIEncoding.string(text.utf8))
        case .contractURIUpdated:
            ([MetadataEvent.contractURIUpdated.topic], [])
        }
    }
}
