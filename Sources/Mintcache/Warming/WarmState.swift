import Tokens

/// How the tokens of a job are gone through.
enum WarmPlan: Sendable, Hashable {
    /// The spans of the request.
    case spans
    /// A supply whose numbers follow one another.
    case numbered(TokenRange)
    /// A supply whose numbers the contract tells one by one (ERC-721 Enumerable).
    case enumerated(count: UInt64)
    /// What the archive holds.
    case archive
}

/// What comes next in a job.
enum WarmPosition: Sendable, Hashable {
    /// A token of a span, by the spans' order.
    case span(Int, UInt256)
    /// A place in the contract's own numbering.
    case index(UInt64)
    /// What the archive has behind a token; nil for its first.
    case after(TokenReference?)
    case end
}

/// How far a job is: what is stored of it.
struct WarmState: Sendable {
    /// Milliseconds since 1970.
    var startedAt: Int64?
    /// `nil` until it is known.
    var plan: WarmPlan?
    var next = WarmPosition.end
    /// Begun and not ended: to be tried again by who takes the job up.
    var underWay: Set<TokenReference> = []
    /// Saturates at what an integer holds.
    var total: Int?
    var fetched = 0
    var alreadyFresh = 0
    var skipped = 0
    var failed = 0
    /// Failed tokens that are remembered for another try.
    var retryable = 0
    /// Tokens per second.
    var rate = 0.0
    var note: String?
    /// What a dry run came to.
    var estimate: WarmEstimate?
    var failures = WarmFailures()

    var done: Int { fetched + alreadyFresh + skipped + failed }
}

/// What a job would cost.
struct WarmEstimate: Sendable, Hashable {
    var toFetch: Int
    var upstreamCalls: Int
    var seconds: Int
}

// MARK: - Coding

extension WarmState {
    var bytes: [UInt8] {
        JSONNode.object([
            ("started_at", startedAt.map { .integer(Int($0)) } ?? .null), ("plan", plan?.node ?? .null),
            ("next", next.node),
            ("under_way", .string(String(decoding: TokenSpans(underWay.sorted()).bytes, as: UTF8.self))),
            ("total", total.map { .integer($0) } ?? .null), ("fetched", .integer(fetched)),
            ("already_fresh", .integer(alreadyFresh)), ("skipped", .integer(skipped)), ("failed", .integer(failed)),
            ("retryable", .integer(retryable)), ("rate", .number(rate)), ("note", JSONNode(note)),
            ("estimate", estimate?.node ?? .null),
            ("failures", failures.node),
        ]).bytes
    }

    /// Reads ``bytes``; what makes no sense counts as nothing done.
    init(stored bytes: [UInt8]) {
        guard let root = try? JSONDocument(validating: bytes).root else { return }
        func number(_ name: String) -> Int { Int(clamping: root[name]?.integer ?? 0) }
        startedAt = root["started_at"]?.integer
        plan = root["plan"].flatMap { WarmPlan($0) }
        guard let position = root["next"].flatMap({ WarmPosition($0) }) else {
            plan = nil
            return
        }
        next = position
        let begun = TokenSpans(Array((root["under_way"]?.string ?? "").utf8))
        // Never more than work at once; a damaged value may name all tokens there are.
        underWay = begun.flatMap { $0.count <= WarmRequest.maximumConcurrency ? Set($0.tokens) : nil } ?? []
        total = root["total"]?.integer.map { Int(clamping: $0) }
        (fetched, alreadyFresh) = (number("fetched"), number("already_fresh"))
        (skipped, failed, retryable) = (number("skipped"), number("failed"), number("retryable"))
        rate = root["rate"].flatMap { Double(String(decoding: $0.text, as: UTF8.self)) } ?? 0
        note = root["note"]?.string
        estimate = root["estimate"].flatMap { WarmEstimate($0) }
        failures = WarmFailures(root["failures"])
    }
}

extension WarmPlan {
    fileprivate var node: JSONNode {
        switch self {
        case .spans: "spans"
        case .archive: "archive"
        case .numbered(let range):
            .object([("from", .string(range.first.decimal)), ("to", .string(range.last.decimal))])
        case .enumerated(let count): .object([("enumerated", .string(String(count)))])
        }
    }

    fileprivate init?(_ value: JSONValue) {
        switch value.string {
        case "spans": self = .spans
        case "archive": self = .archive
        case _:
            if let count = value["enumerated"]?.string.flatMap({ UInt64($0) }) {
                self = .enumerated(count: count)
            } else if let from = value["from"]?.string.flatMap({ try? TokenIdentifier(parsing: $0) }),
                let to = value["to"]?.string.flatMap({ try? TokenIdentifier(parsing: $0) })
            {
                self = .numbered(TokenRange(from, to))
            } else {
                return nil
            }
        }
    }
}

extension WarmPosition {
    fileprivate var node: JSONNode {
        switch self {
        case .span(let span, let number): .object([("span", .integer(span)), ("token", .string(number.decimal))])
        case .index(let index): .object([("index", .string(String(index)))])
        case .after(let token): .object([("after", JSONNode(token?.description))])
        case .end: "end"
        }
    }

    fileprivate init?(_ value: JSONValue) {
        if value.string == "end" {
            self = .end
        } else if let span = value["span"]?.integer, span >= 0,
            let token = value["token"]?.string.flatMap({ try? TokenIdentifier(parsing: $0) })
        {
            self = .span(Int(clamping: span), token.value)
        } else if let index = value["index"]?.string.flatMap({ UInt64($0) }) {
            self = .index(index)
        } else if let after = value["after"] {
            self = .after(after.string.flatMap { TokenSpans(Array($0.utf8))?.spans.first?.firstToken })
        } else {
            return nil
        }
    }
}

extension WarmEstimate {
    var node: JSONNode {
        .object([
            ("to_fetch", .integer(toFetch)), ("upstream_calls", .integer(upstreamCalls)),
            ("seconds", .integer(seconds)),
        ])
    }

    fileprivate init?(_ value: JSONValue) {
        guard let toFetch = value["to_fetch"]?.integer, let calls = value["upstream_calls"]?.integer,
            let seconds = value["seconds"]?.integer
        else { return nil }
        self.init(
            toFetch: Int(clamping: toFetch), upstreamCalls: Int(clamping: calls), seconds: Int(clamping: seconds))
    }
}
