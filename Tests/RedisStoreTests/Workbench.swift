import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Synchronization
import Tokens

/// A loop and what clients on it share. Clients that a test makes are closed by the test or with the last reference.
final class Workbench: Sendable {
    let loop: EventLoop
    let resolver = AddressResolver(threads: 1)

    init() throws {
        loop = try EventLoop(label: "test")
    }

    deinit {
        loop.shutdown()
    }

    func client(
        _ url: String, _ change: (inout RedisClient.Options) -> Void = { _ in },
        onEvent: @escaping @Sendable (RedisClient.Event) -> Void = { _ in }
    ) throws -> RedisClient {
        var options = RedisClient.Options()
        options.timeout = .seconds(2)
        change(&options)
        return try RedisClient(
            url: RedisURL(parsing: url), options: options, loop: loop, resolver: resolver, onEvent: onEvent
        )
    }
}

/// Collects values from anywhere.
final class Collected<Value: Sendable>: Sendable {
    private let contents = Mutex<[Value]>([])

    var values: [Value] { contents.withLock { $0 } }

    func append(_ value: Value) {
        contents.withLock { $0.append(value) }
    }

    func append(contentsOf values: [Value]) {
        contents.withLock { $0 += values }
    }
}

extension TokenRecord {
    /// A record of the token with this number, whose document names it.
    static func sample(
        _ number: UInt64, fetchedAt: Int64 = 1_700_000_000_000, lifetime: Int64 = 60_000
    ) throws -> Self {
        let reference = TokenReference(
            chain: ChainIdentifier(eip155: 1),
            contract: try ContractAddress(parsing: "0x00000000000000000000000000000000000000aa"),
            token: TokenIdentifier(number)
        )
        return TokenRecord(
            reference: reference, outcome: .document, standard: .erc721, tokenURI: "ipfs://sample/\(number)",
            document: Array(#"{"name":"Sample \#(number)"}"#.utf8), contentType: "application/json",
            etag: "00ff", fetchedAt: fetchedAt, freshUntil: fetchedAt + lifetime
        )
    }
}
