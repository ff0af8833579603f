import Tokens

/// What a warm job is to fetch, and how.
struct WarmRequest: Sendable {
    /// How the tokens were named.
    enum Kind: String, Sendable {
        case tokens, range, supply, archive
    }

    /// Tokens under way at once, of one job.
    static let maximumConcurrency = 1024
    static let maximumListed = 100_000
    static let defaultConcurrency = 16

    var kind: Kind
    /// Of a supply, and of an archive's part.
    var collection: CollectionKey?
    /// The tokens, never spelled out: a range costs nothing however long it is. Empty when they have to be found first.
    var spans = TokenSpans()
    /// The tokens for people.
    var summary: String
    /// How many; saturates at what an integer holds. `nil` when that has to be found out first.
    var count: Int?
    /// Fetches under way at once.
    var concurrency = Self.defaultConcurrency
    /// Tokens begun per second at most; 0 for no limit.
    var rate = 0
    /// Whether to fetch what is held fresh, too.
    var isRefresh = false
    /// Whether only to count.
    var isDryRun = false
    /// The schedule that asks for it.
    var schedule: String?
    /// The job whose failures are tried again.
    var retryOf: String?

    init(tokens: TokenSpans) {
        kind = .tokens
        spans = tokens
        count = tokens.count
        summary = Self.summary(of: tokens)
    }

    init(range: TokenSpan) {
        kind = .range
        spans = TokenSpans([range])
        count = range.count
        summary = Self.summary(of: spans)
    }

    init(supplyOf collection: CollectionKey) {
        kind = .supply
        self.collection = collection
        summary = "\(collection)/supply"
    }

    /// - Parameter collection: nil for all contracts.
    init(archiveOf collection: CollectionKey?) {
        kind = .archive
        self.collection = collection
        summary = collection.map { "\($0)/archive" } ?? "archive"
    }

    private static func summary(of tokens: TokenSpans) -> String {
        if tokens.spans.count == 1, let span = tokens.spans.first {
            return "\(span.collection)/\(TokenSpans.text(span.tokens))"
        }
        let collections = Set(tokens.spans.map(\.collection))
        let place = collections.count == 1 ? tokens.spans.first.map { " of \($0.collection)" } : nil
        return "\(tokens.count) tokens" + (place ?? "")
    }
}

// MARK: - Coding

extension WarmRequest {
    /// As it is stored, without the tokens.
    var bytes: [UInt8] {
        JSONNode.object([
            ("kind", .string(kind.rawValue)), ("collection", JSONNode(collection?.description)),
            ("summary", .string(summary)), ("count", count.map { .integer($0) } ?? .null),
            ("concurrency", .integer(concurrency)), ("rate", .integer(rate)), ("refresh", .boolean(isRefresh)),
            ("dry_run", .boolean(isDryRun)), ("schedule", JSONNode(schedule)), ("retry_of", JSONNode(retryOf)),
        ]).bytes
    }

    /// Reads ``bytes``; nil for what another release may have written.
    ///
    /// - Parameter work: the tokens.
    init?(stored bytes: [UInt8], work: [UInt8] = []) {
        guard let root = try? JSONDocument(validating: bytes).root,
            let kind = root["kind"]?.string.flatMap({ Kind(rawValue: $0) }), let summary = root["summary"]?.string,
            let concurrency = root["concurrency"]?.integer, let rate = root["rate"]?.integer,
            let spans = TokenSpans(work)
        else { return nil }
        self.kind = kind
        self.summary = summary
        self.spans = spans
        self.concurrency = min(max(1, Int(clamping: concurrency)), Self.maximumConcurrency)
        self.rate = Int(clamping: rate)
        collection = root["collection"]?.string.flatMap { CollectionKey(text: $0) }
        count = root["count"]?.integer.map { Int(clamping: $0) }
        isRefresh = root["refresh"]?.boolean ?? false
        isDryRun = root["dry_run"]?.boolean ?? false
        schedule = root["schedule"]?.string
        retryOf = root["retry_of"]?.string
        if kind == .supply, collection == nil { return nil }
    }
}

extension CollectionKey: CustomStringConvertible {
    /// `chain/contract` in canonical forms, such as `eip155:1/0x…`.
    var description: String { "\(chain)/\(contract.lowercase)" }

    /// Reads ``description``.
    init?(text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let chain = try? ChainIdentifier(caip2: String(parts[0])),
            let contract = try? ContractAddress(parsing: String(parts[1]))
        else { return nil }
        self.init(chain: chain, contract: contract)
    }
}
