public import Tokens

/// The purges that may still concern something, and what they make of it. Takes the same time however much they cover.
///
/// Bounded, at the price of purging more than was said: when there are too many, those that one wider scope covers are
/// replaced by a purge of that.
public struct PurgeMarks: Sendable {
    /// The most that are kept.
    public static let limit = 10_000

    /// Which of a scope's purges: each scope has at most one of either kind.
    private struct Key: Hashable {
        let scope: PurgeScope
        let isSoft: Bool

        init(_ scope: PurgeScope, isSoft: Bool) {
            self.scope = scope
            self.isSoft = isSoft
        }

        init(_ mark: PurgeMark) { self.init(mark.scope, isSoft: mark.isSoft) }
    }

    /// What makes room.
    public struct Replacement: Sendable, Equatable {
        public var removed: [PurgeMark] = []
        public var added: [PurgeMark] = []

        public init() {}

        public var isEmpty: Bool { removed.isEmpty && added.isEmpty }

        public static func += (left: inout Self, right: Self) {
            left.removed += right.removed
            left.added += right.added
        }
    }

    /// The number of the last purge.
    public private(set) var sequence: UInt64 = 0
    private let limit: Int
    private var marks: [Key: PurgeMark] = [:]
    /// Prefixes with marks, for each route.
    private var prefixes: [String: Set<String>] = [:]
    private var tagCount = 0
    private var unsettled = Replacement()

    public init(limit: Int = Self.limit) {
        self.limit = limit
    }

    /// How many there are.
    public var count: Int { marks.count }

    public var all: [PurgeMark] { Array(marks.values) }

    /// Whether tags need to be looked at.
    public var haveTags: Bool { tagCount > 0 }

    // MARK: Adding

    /// Takes a purge in; one that is not newer than what is known of its scope changes nothing, and is answered false.
    @discardableResult
    public mutating func add(_ mark: PurgeMark) -> Bool {
        sequence = max(sequence, mark.sequence)
        if let known = marks[Key(mark)], known.sequence >= mark.sequence { return false }
        set(mark)
        if marks.count > limit { note(makeRoom()) }
        return true
    }

    /// Makes room for one more, and drops purges that nothing can be older than any more.
    ///
    /// - Parameters:
    ///   - tokens: the moment before which nothing of tokens is left, in milliseconds since 1970.
    ///   - others: the same of everything else.
    public mutating func tidy(tokensBefore tokens: Int64, othersBefore others: Int64) {
        var replacement = Replacement()
        replacement.removed = forget(tokensBefore: tokens, othersBefore: others)
        note(replacement)
        note(makeRoom())
    }

    /// What was replaced since this was last asked: to be done wherever else purges are remembered.
    public mutating func takeReplacement() -> Replacement {
        defer { unsettled = Replacement() }
        return unsettled
    }

    /// Keeps what could not be done elsewhere for another time. Too much is not kept at all: what was not removed there
    /// takes room, and means no more than what would have been added.
    public mutating func note(_ replacement: Replacement) {
        unsettled += replacement
        if unsettled.removed.count > 2 * limit { unsettled = Replacement() }
    }

    /// Replaces the purges that one wider scope covers, if there are as many as there may be: those of the contract or
    /// route with the most of them, or all. Says what was done.
    public mutating func makeRoom() -> Replacement {
        var replacement = Replacement()
        guard marks.count >= limit else { return replacement }
        var children: [PurgeScope: Int] = [:]
        for mark in marks.values { if let parent = mark.scope.parent { children[parent, default: 0] += 1 } }
        let fullest = children.max { $0.value < $1.value }
        let wider = fullest.flatMap { $0.value > 1 ? $0.key : nil } ?? .everything
        let covered = all.filter { wider == .everything || $0.scope == wider || $0.scope.parent == wider }
        for mark in covered { remove(mark) }
        for isSoft in [false, true] {
            let latest = covered.filter { $0.isSoft == isSoft }.max { $0.sequence < $1.sequence }
            guard var mark = latest else { continue }
            mark.scope = wider
            set(mark)
            replacement.added.append(mark)
        }
        replacement.removed = covered.filter { $0.scope != wider }
        return replacement
    }

    /// Drops purges that nothing can be older than any more; which.
    ///
    /// - Parameters:
    ///   - tokens: the moment before which nothing of tokens is left, in milliseconds since 1970.
    ///   - others: the same of everything else.
    public mutating func forget(tokensBefore tokens: Int64, othersBefore others: Int64) -> [PurgeMark] {
        let past = all.filter { $0.moment < ($0.scope.isOfTokens ? tokens : others) }
        for mark in past { remove(mark) }
        return past
    }

    private mutating func set(_ mark: PurgeMark) {
        let isNew = marks.updateValue(mark, forKey: Key(mark)) == nil
        switch mark.scope {
        case .prefix(let prefix, let route): prefixes[route, default: []].insert(prefix)
        case .tag where isNew: tagCount += 1
        case .everything, .contract, .token, .route, .url, .tag: break
        }
    }

    private mutating func remove(_ mark: PurgeMark) {
        guard marks.removeValue(forKey: Key(mark)) != nil else { return }
        switch mark.scope {
        case .prefix(let prefix, let route) where marks[Key(mark.scope, isSoft: !mark.isSoft)] == nil:
            prefixes[route]?.remove(prefix)
            if prefixes[route]?.isEmpty == true { prefixes[route] = nil }
        case .tag: tagCount -= 1
        case .everything, .contract, .token, .route, .url, .prefix: break
        }
    }

    // MARK: Judging

    /// What the purges make of a token's value.
    public func verdict(on reference: TokenReference, _ origin: PurgeOrigin) -> PurgeVerdict {
        verdict(origin, in: .token(reference), .contract(reference.chain, reference.contract), .everything)
    }

    /// What they make of what is known of a contract.
    public func verdict(
        onContract contract: ContractAddress, on chain: ChainIdentifier, _ origin: PurgeOrigin
    ) -> PurgeVerdict {
        verdict(origin, in: .contract(chain, contract), .everything)
    }

    /// What they make of an answer on a route.
    ///
    /// - Parameters:
    ///   - url: its path and query.
    ///   - tags: that its origin gave it; nil when there are too many to look at: then it counts as having every tag.
    public func verdict(onRoute route: String, url: String, tags: [String]?, _ origin: PurgeOrigin) -> PurgeVerdict {
        guard !marks.isEmpty else { return .valid }
        var verdict = verdict(origin, in: .url(url, route: route), .route(route), .everything)
        for prefix in prefixes[route] ?? [] where url.hasPrefix(prefix) {
            verdict = max(verdict, self.verdict(origin, in: .prefix(prefix, route: route)))
        }
        for tag in tags ?? tagsWithMarks { verdict = max(verdict, self.verdict(origin, in: .tag(tag))) }
        return verdict
    }

    private var tagsWithMarks: [String] {
        marks.keys.compactMap { if case .tag(let tag) = $0.scope { tag } else { nil } }
    }

    private func verdict(_ origin: PurgeOrigin, in scopes: PurgeScope...) -> PurgeVerdict {
        guard !marks.isEmpty else { return .valid }
        var verdict = PurgeVerdict.valid
        for scope in scopes {
            if let mark = marks[Key(scope, isSoft: false)], origin.isOlder(than: mark) { return .void }
            if let mark = marks[Key(scope, isSoft: true)], origin.isOlder(than: mark) { verdict = .stale }
        }
        return verdict
    }

    /// The number of the last purge of a token, of whatever kind; 0 when there was none.
    public func lastPurge(of reference: TokenReference) -> UInt64 {
        lastPurge(in: .token(reference), .contract(reference.chain, reference.contract), .everything)
    }

    /// The number of the last purge of a contract.
    public func lastPurge(ofContract contract: ContractAddress, on chain: ChainIdentifier) -> UInt64 {
        lastPurge(in: .contract(chain, contract), .everything)
    }

    /// The number of the last purge of a URL by name, not by its tags.
    public func lastPurge(ofRoute route: String, url: String) -> UInt64 {
        guard !marks.isEmpty else { return 0 }
        var last = lastPurge(in: .url(url, route: route), .route(route), .everything)
        for prefix in prefixes[route] ?? [] where url.hasPrefix(prefix) {
            last = max(last, lastPurge(in: .prefix(prefix, route: route)))
        }
        return last
    }

    private func lastPurge(in scopes: PurgeScope...) -> UInt64 {
        guard !marks.isEmpty else { return 0 }
        var last: UInt64 = 0
        for scope in scopes {
            for isSoft in [false, true] { last = max(last, marks[Key(scope, isSoft: isSoft)]?.sequence ?? 0) }
        }
        return last
    }
}
