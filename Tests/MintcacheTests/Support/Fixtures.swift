import Caching
import EventLoops
import HTTPCaching
import Mintcache
import MintcacheTesting
import Synchronization
import Testing
import Tokens

@testable import Mintcache

/// The contract that most tests speak of.
let sampleContract = "0x00000000000000000000000000000000000000aa"

func reference(_ number: UInt64 = 1, chain: UInt64 = 1) throws -> TokenReference {
    TokenReference(
        chain: ChainIdentifier(eip155: chain), contract: try ContractAddress(parsing: sampleContract),
        token: TokenIdentifier(number))
}

/// A record whose document names its token; fresh for an hour from `fetchedAt`.
func record(
    _ number: UInt64 = 1, name: String = "Sample", outcome: TokenRecord.Outcome = .document,
    fetchedAt: Int64 = 1_700_000_000_000, lifetime: Int64 = 3_600_000
) throws -> TokenRecord {
    let document = Array(#"{"name":"\#(name) \#(number)"}"#.utf8)
    let isDocument = outcome == .document
    return TokenRecord(
        reference: try reference(number), outcome: outcome, standard: .erc721, tokenURI: "ipfs://sample/\(number)",
        document: isDocument ? document : [], contentType: isDocument ? "application/json" : nil,
        etag: isDocument ? EntityDigest.text(document) : "", fetchedAt: fetchedAt, freshUntil: fetchedAt + lifetime)
}

let sampleRenderer = AnswerRenderer(
    media: MediaAddresses(ipfsGateway: "https://ipfs.example", arweaveGateway: "https://arweave.example"),
    memoryTTL: 60_000, errorTTL: 10_000, digest: EntityDigest.text)

/// Two chains, `ethereum` and `base`.
let sampleChains = ChainDirectory([
    Configuration.Chain(name: "ethereum", id: 1, rpc: []), Configuration.Chain(name: "base", id: 8453, rpc: []),
])

func json(_ bytes: [UInt8]) throws -> JSONValue {
    try JSONDocument(validating: bytes).root
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
}

/// A log that nobody reads.
func silentLogger() -> Logger {
    Logger(sink: LogSink(descriptor: -1), level: .error, format: .json)
}

/// A loop that ends with the test.
final class TestLoop: Sendable {
    let loop: EventLoop

    init() throws {
        loop = try EventLoop(label: "test")
    }

    deinit {
        loop.shutdown()
    }
}

/// Collects values from anywhere.
final class Collected<Value: Sendable>: Sendable {
    private let contents = Mutex<[Value]>([])

    var values: [Value] { contents.withLock { $0 } }

    func append(_ value: Value) {
        contents.withLock { $0.append(value) }
    }
}
