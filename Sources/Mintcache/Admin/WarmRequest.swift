import Tokens

/// What `POST /admin/warm` asks for.
struct WarmRequest: Sendable {
    /// The tokens, never spelled out: a range costs nothing however long it is.
    enum Selection: Sendable {
        case list([TokenReference])
        case range(chain: ChainIdentifier, contract: ContractAddress, from: UInt256, to: UInt256)
    }

    static let maximumListed = 100_000
    static let defaultConcurrency = 16

    var selection: Selection
    /// Fetches under way at once.
    var concurrency: Int
    /// Tokens begun per second at most; 0 for no limit.
    var rate: Int
    /// Whether to fetch what is held fresh, too.
    var isRefresh: Bool

    /// Reads the JSON body. Throws what is wrong with it as a 400.
    init(parsing body: [UInt8], chains: ChainDirectory) throws(Problem) {
        let body = try AdminBody(
            parsing: body,
            known: ["tokens", "chain", "contract", "token_ids", "from", "to", "concurrency", "rate", "refresh"])
        let root = body.root
        selection = try Self.selection(root, chains)
        concurrency = try Self.number(root, "concurrency", default: Self.defaultConcurrency, in: 1...1024)
        rate = try Self.number(root, "rate", default: 0, in: 0...1_000_000)
        isRefresh = try body.flag("refresh")
    }

    /// How many tokens; saturates at what an integer holds.
    var count: Int {
        switch selection {
        case .list(let tokens): tokens.count
        case .range(_, _, let from, let to): to.distance(from: from)
        }
    }

    private static func selection(_ root: JSONValue, _ chains: ChainDirectory) throws(Problem) -> Selection {
        if let tokens = root["tokens"] { return .list(try listed(tokens, chains)) }
        let chain = try chains.identifier(named: try text(root, "chain"))
        let contract = try ChainDirectory.contract(parsing: try text(root, "contract"), on: chain)
        if let identifiers = root["token_ids"] {
            let tokens = try elements(identifiers, "token_ids").map { element throws(Problem) in
                TokenReference(chain: chain, contract: contract, token: try token(element))
            }
            return .list(tokens)
        }
        guard let first = root["from"], let last = root["to"] else {
            throw .invalidRequest("Give tokens, or chain and contract with token_ids or with from and to.")
        }
        let from = try token(first).value, to = try token(last).value
        guard from <= to else { throw .invalidRequest("from must not be greater than to.") }
        return .range(chain: chain, contract: contract, from: from, to: to)
    }

    private static func listed(_ tokens: JSONValue, _ chains: ChainDirectory) throws(Problem) -> [TokenReference] {
        try elements(tokens, "tokens").map { element throws(Problem) in try chains.reference(reading: element) }
    }

    private static func elements(_ value: JSONValue, _ name: String) throws(Problem) -> [JSONValue] {
        guard value.kind == .array else { throw .invalidRequest("\(name) must be an array.") }
        let elements = Array(value.elements)
        guard !elements.isEmpty, elements.count <= maximumListed else {
            throw .invalidRequest("\(name) must hold 1 to \(maximumListed) tokens; use from and to for more.")
        }
        return elements
    }

    private static func token(_ value: JSONValue) throws(Problem) -> TokenIdentifier {
        try ChainDirectory.token(reading: value)
    }

    private static func text(_ root: JSONValue, _ name: String) throws(Problem) -> String {
        guard let text = root[name]?.string else { throw .invalidRequest("\(name) must be given as a string.") }
        return text
    }

    private static func number(
        _ root: JSONValue, _ name: String, default fallback: Int, in range: ClosedRange<Int>
    ) throws(Problem) -> Int {
        guard let value = root[name] else { return fallback }
        guard let number = value.integer.map(Int.init), range.contains(number) else {
            throw .invalidRequest("\(name) must be from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

extension UInt256 {
    /// How many values from `from` to here, both included; saturates.
    fileprivate func distance(from: UInt256) -> Int {
        let low = word3 &- from.word3
        // When the two are less than 2^64 apart, counting up from one by the lowest words' difference meets the other.
        let isSmall = from.adding(low) == self && low < UInt64(Int.max)
        return isSmall ? Int(low) + 1 : Int.max
    }
}
