public import Tokens

/// What was asked of the sample upstream, requests to `/control` aside.
public struct UpstreamCounters: Sendable, Equatable {
    /// Different connections that sent a request.
    public internal(set) var connections = 0
    /// HTTP requests of every kind.
    public internal(set) var requests = 0
    /// HTTP requests to `/rpc`, each a round trip.
    public internal(set) var rpcRequests = 0
    /// HTTP requests to `/rpc` that were batches.
    public internal(set) var rpcBatches = 0
    /// Contract calls by the name of the function: `tokenURI`, `uri`, `supportsInterface`, …, `unknown`.
    public internal(set) var contractCalls: [String: Int] = [:]
    /// Calls of `tokenURI` or `uri` by token, as `0x…:id` with the address in lower case. One of each in the same
    /// request is one question.
    public internal(set) var tokenURICalls: [String: Int] = [:]
    /// The same for all tokens.
    public internal(set) var totalTokenURICalls = 0
    /// Requests of `eth_getLogs`.
    public internal(set) var logRequests = 0
    /// Requests of `eth_blockNumber`.
    public internal(set) var headRequests = 0
    public internal(set) var ipfsRequests = 0
    public internal(set) var arweaveRequests = 0
    public internal(set) var webRequests = 0
    /// Requests to the APIs of providers.
    public internal(set) var providerRequests = 0
    /// Requests to the gateways, the web host and providers by path.
    public internal(set) var paths: [String: Int] = [:]
    /// Answers with status 304.
    public internal(set) var notModified = 0
    /// Requests and calls that met a fault.
    public internal(set) var faults = 0

    /// More different tokens or paths than this are not told apart any more.
    static let keyLimit = 200_000

    public init() {}

    /// Calls of `tokenURI` or `uri` for one token.
    public func tokenURICalls(_ contract: ContractAddress, _ token: TokenIdentifier) -> Int {
        tokenURICalls[Self.key(contract, token)] ?? 0
    }

    private static func key(_ contract: ContractAddress, _ token: TokenIdentifier) -> String {
        "\(contract.lowercase):\(token.decimal)"
    }

    // MARK: Counting

    mutating func count(_ body: RPCBody) {
        rpcRequests += 1
        if case .batch = body { rpcBatches += 1 }
        for case .success(let method) in body.requests.map(\.method) {
            switch method {
            case .history(.logs): logRequests += 1
            case .blockNumber: headRequests += 1
            case .history(.block), .call, .chainID: break
            }
        }
        var questions: [String: [ContractFunction: Int]] = [:]
        for call in body.calls {
            contractCalls[call.function?.label ?? "unknown", default: 0] += 1
            guard let token = call.token, let function = call.function else { continue }
            questions[Self.key(call.contract, token), default: [:]][function, default: 0] += 1
        }
        for (key, calls) in questions {
            let count = calls.values.max() ?? 0
            totalTokenURICalls += count
            Self.increment(key, by: count, in: &tokenURICalls)
        }
    }

    mutating func count(path: String) {
        switch path.split(separator: "/", maxSplits: 1).first {
        case "ipfs": ipfsRequests += 1
        case "ar": arweaveRequests += 1
        case "web": webRequests += 1
        case _ where ProviderAPI(path: path) != nil: providerRequests += 1
        case _: if UpstreamPath.isTransaction(path) || path.hasPrefix(UpstreamPath.sandbox) { arweaveRequests += 1 }
        }
        Self.increment(path, in: &paths)
    }

    private static func increment(_ key: String, by amount: Int = 1, in counters: inout [String: Int]) {
        let key = counters.count < keyLimit || counters[key] != nil ? key : "others"
        counters[key, default: 0] += amount
    }
}
