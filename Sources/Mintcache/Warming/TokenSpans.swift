import Tokens

/// Consecutive tokens of one contract.
struct TokenSpan: Sendable, Hashable {
    let collection: CollectionKey
    let tokens: TokenRange

    init(_ collection: CollectionKey, _ tokens: TokenRange) {
        self.collection = collection
        self.tokens = tokens
    }

    func reference(_ number: UInt256) -> TokenReference {
        TokenReference(chain: collection.chain, contract: collection.contract, token: TokenIdentifier(number))
    }

    var firstToken: TokenReference { reference(tokens.first.value) }

    /// How many tokens; saturates at what an integer holds.
    var count: Int { tokens.last.value.distance(from: tokens.first.value) }
}

/// Tokens in an order, of which those that follow one another take the room of one.
struct TokenSpans: Sendable, Hashable {
    private(set) var spans: [TokenSpan] = []

    init(_ spans: [TokenSpan] = []) {
        self.spans = spans
    }

    init(_ tokens: some Sequence<TokenReference>) {
        for token in tokens { append(token) }
    }

    var isEmpty: Bool { spans.isEmpty }

    /// How many tokens; saturates at what an integer holds.
    var count: Int {
        spans.reduce(0) { sum, span in
            let (total, overflow) = sum.addingReportingOverflow(span.count)
            return overflow ? .max : total
        }
    }

    /// All of them, one by one: not for what may be a long range.
    var tokens: [TokenReference] {
        spans.flatMap { span in
            sequence(first: span.tokens.first.value) { $0 == span.tokens.last.value ? nil : $0.adding(1) }
                .map(span.reference)
        }
    }

    mutating func append(_ token: TokenReference) {
        let collection = CollectionKey(token)
        guard let last = spans.last, last.collection == collection,
            last.tokens.last.value.adding(1) == token.token.value
        else { return spans.append(TokenSpan(collection, TokenRange(token.token))) }
        spans[spans.count - 1] = TokenSpan(collection, TokenRange(last.tokens.first, token.token))
    }

    // MARK: Coding

    /// A line for each contract in turn, with its tokens: `eip155:1/0x…/1,5-9`.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        var current: CollectionKey?
        for span in spans {
            if span.collection == current {
                output.append(UInt8(ascii: ","))
            } else {
                if current != nil { output.append(UInt8(ascii: "\n")) }
                current = span.collection
                output += "\(span.collection.chain)/\(span.collection.contract.lowercase)/".utf8
            }
            output += Self.text(span.tokens).utf8
        }
        return output
    }

    static func text(_ range: TokenRange) -> String {
        range.first == range.last ? range.first.decimal : "\(range.first.decimal)-\(range.last.decimal)"
    }

    /// Nil for what ``bytes`` never is.
    init?(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: "/"), maxSplits: 2)
                .map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 3, let chain = try? ChainIdentifier(caip2: parts[0]),
                let contract = try? ContractAddress(parsing: parts[1])
            else { return nil }
            let collection = CollectionKey(chain: chain, contract: contract)
            for text in parts[2].split(separator: ",") {
                guard let range = Self.range(text) else { return nil }
                spans.append(TokenSpan(collection, range))
            }
        }
    }

    private static func range(_ text: Substring) -> TokenRange? {
        let ends = text.split(separator: "-").compactMap { try? TokenIdentifier(parsing: String($0)) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else { return nil }
        return TokenRange(first, last)
    }
}

/// Tokens whose order does not matter, in as few spans as possible, up to a number of spans.
struct TokenSet: Sendable {
    private var ranges: [CollectionKey: [TokenRange]] = [:]
    private let capacity: Int
    private(set) var spanCount = 0

    init(capacity: Int, _ spans: TokenSpans = TokenSpans()) {
        self.capacity = capacity
        for span in spans.spans { ranges[span.collection, default: []].append(span.tokens) }
        spanCount = spans.spans.count
    }

    /// Does nothing when it is full.
    mutating func insert(_ token: TokenReference) {
        let collection = CollectionKey(token)
        var held = ranges[collection] ?? []
        let before = held.count
        // The first that begins behind it.
        let index = held.partitioningIndex { $0.first > token.token }
        if index > 0, held[index - 1].contains(token.token) { return }
        let touchesPrevious = index > 0 && held[index - 1].last.value.adding(1) == token.token.value
        let touchesNext = index < held.count && token.token.value.adding(1) == held[index].first.value
        switch (touchesPrevious, touchesNext) {
        case (true, true): held[index - 1] = TokenRange(held[index - 1].first, held.remove(at: index).last)
        case (true, false): held[index - 1] = TokenRange(held[index - 1].first, token.token)
        case (false, true): held[index] = TokenRange(token.token, held[index].last)
        case (false, false):
            guard spanCount < capacity else { return }
            held.insert(TokenRange(token.token), at: index)
        }
        ranges[collection] = held
        spanCount += held.count - before
    }

    var spans: TokenSpans {
        TokenSpans(
            ranges.sorted { $0.key.reference < $1.key.reference }
                .flatMap { collection, ranges in ranges.map { TokenSpan(collection, $0) } })
    }
}

extension Array {
    /// The first index whose element, and all behind it, satisfy a predicate.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
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
