/// The tokens of a contract from one number to another, both included.
public struct TokenRange: Hashable, Sendable {
    public let first: TokenIdentifier
    public let last: TokenIdentifier

    /// The tokens between two numbers, whichever of them is the smaller.
    public init(_ one: TokenIdentifier, _ other: TokenIdentifier) {
        first = min(one, other)
        last = max(one, other)
    }

    public init(_ token: TokenIdentifier) {
        first = token
        last = token
    }

    /// Every token there can be. `BatchMetadataUpdate(0, 2^256 − 1)` says so by convention, not by ERC-4906.
    public static let all = TokenRange(TokenIdentifier(.zero), TokenIdentifier(.max))

    public func contains(_ token: TokenIdentifier) -> Bool { first <= token && token <= last }

    public func contains(_ other: TokenRange) -> Bool { first <= other.first && other.last <= last }

    /// The same tokens in as few ranges as possible, in order: those that overlap or touch become one.
    public static func merged(_ ranges: some Sequence<TokenRange>) -> [TokenRange] {
        var merged: [TokenRange] = []
        for range in ranges.sorted(by: { $0.first < $1.first }) {
            guard let previous = merged.last, range.touches(endOf: previous) else {
                merged.append(range)
                continue
            }
            merged[merged.count - 1] = TokenRange(previous.first, max(previous.last, range.last))
        }
        return merged
    }

    /// Whether no token lies between a range that begins no later and this one.
    private func touches(endOf earlier: TokenRange) -> Bool {
        guard let next = earlier.last.value.adding(1) else { return true }
        return first.value <= next
    }
}

extension TokenRange: CustomStringConvertible {
    /// `7`, `7…9`, or `all`.
    public var description: String {
        if self == .all { return "all" }
        return first == last ? first.decimal : "\(first.decimal)…\(last.decimal)"
    }
}
