/// Tokens of a contract of which everything read before a moment is out of date.
public struct UpdateMark: Hashable, Sendable {
    public var chain: ChainIdentifier
    public var contract: ContractAddress
    public var tokens: TokenRange
    /// Milliseconds since 1970.
    public var moment: Int64

    public init(chain: ChainIdentifier, contract: ContractAddress, tokens: TokenRange, moment: Int64) {
        self.chain = chain
        self.contract = contract
        self.tokens = tokens
        self.moment = moment
    }
}

/// How far the events of a chain have been read.
public struct ChainPosition: Hashable, Sendable {
    public var chain: ChainIdentifier
    /// The number of the last block read.
    public var block: UInt64
    /// The hash of that block: another one with this number means that the chain was reorganised.
    public var hash: UInt256
    /// Everything of the chain read before this moment is out of date, because events were skipped. Milliseconds since
    /// 1970; 0 when none were.
    public var outdatedBefore: Int64

    public init(chain: ChainIdentifier, block: UInt64, hash: UInt256, outdatedBefore: Int64 = 0) {
        self.chain = chain
        self.block = block
        self.hash = hash
        self.outdatedBefore = outdatedBefore
    }
}

extension UpdateMark: Comparable {
    /// Orders by chain, contract, tokens, then moment.
    public static func < (left: Self, right: Self) -> Bool {
        if left.chain != right.chain { return left.chain < right.chain }
        if left.contract != right.contract { return left.contract < right.contract }
        if left.tokens.first != right.tokens.first { return left.tokens.first < right.tokens.first }
        if left.tokens.last != right.tokens.last { return left.tokens.last < right.tokens.last }
        return left.moment < right.moment
    }

    /// Sorted, and of each range of tokens only the latest mark: what a store can take in one statement.
    public static func latest(of marks: [UpdateMark]) -> [UpdateMark] {
        var latest: [UpdateMark] = []
        for mark in marks.sorted() {
            if latest.last?.isOfSameTokens(as: mark) == true { latest.removeLast() }
            latest.append(mark)
        }
        return latest
    }

    private func isOfSameTokens(as other: UpdateMark) -> Bool {
        chain == other.chain && contract == other.contract && tokens == other.tokens
    }
}
