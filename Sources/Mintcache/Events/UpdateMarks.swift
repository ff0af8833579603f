import Synchronization
import Tokens

/// Which tokens events have made out of date, and since when: what was read of them earlier is stale in every tier,
/// whatever its lifetime says, and stays the answer until it has been fetched anew.
///
/// Bounded, at the price of marking more than was said: a contract with many marks gets one for all its tokens, a chain
/// with many gets one for everything on it.
final class UpdateMarks: Sendable {
    /// The latest that was said about a token.
    struct Mark: Sendable {
        /// Milliseconds since 1970.
        let moment: Int64
        /// Grows with every mark of this process, for what happens within one millisecond.
        let sequence: UInt64
    }

    /// What was marked in the end, for the journal.
    struct Outcome: Sendable, Equatable {
        var marks: [UpdateMark] = []
        /// Set when all of the chain was marked instead of some of its tokens.
        var chainOutdatedBefore: Int64?
    }

    private struct Entry {
        let tokens: TokenRange
        let mark: Mark
    }

    private struct State {
        var collections: [CollectionKey: [Entry]] = [:]
        var chains: [ChainIdentifier: Mark] = [:]
        /// Entries by chain.
        var counts: [ChainIdentifier: Int] = [:]
        var sequence: UInt64 = 0
    }

    private let contractLimit: Int
    private let chainLimit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - contractLimit: marks of one contract.
    ///   - chainLimit: marks of one chain.
    init(contractLimit: Int = 256, chainLimit: Int = 65_536) {
        self.contractLimit = contractLimit
        self.chainLimit = chainLimit
    }

    /// The number of the last mark: what is read from now on knows of it.
    var sequence: UInt64 { state.withLock { $0.sequence } }

    /// Marks held.
    var count: Int { state.withLock { state in state.counts.values.reduce(state.chains.count, +) } }

    /// The latest mark of a token; nil when nothing was said about it.
    func latest(for reference: TokenReference) -> Mark? {
        let key = CollectionKey(reference)
        return state.withLock { state in
            var latest = state.chains[reference.chain]
            for entry in state.collections[key] ?? [] where entry.tokens.contains(reference.token) {
                latest = Mark(
                    moment: max(latest?.moment ?? .min, entry.mark.moment),
                    sequence: max(latest?.sequence ?? 0, entry.mark.sequence))
            }
            return latest
        }
    }

    /// Whether what a record says was read before an event said that it is something else.
    func isOutdated(_ record: TokenRecord) -> Bool {
        latest(for: record.reference).map { record.fetchedAt < $0.moment } ?? false
    }

    /// Marks tokens of one chain.
    @discardableResult
    func add(_ marks: [UpdateMark], on chain: ChainIdentifier) -> Outcome {
        state.withLock { state in
            var outcome = Outcome()
            for mark in marks where mark.chain == chain {
                outcome.marks.append(Self.add(mark, to: &state, limit: contractLimit))
            }
            if let latest = outcome.marks.map(\.moment).max(), state.counts[chain, default: 0] > chainLimit {
                Self.addAll(of: chain, latest, to: &state)
                outcome = Outcome(chainOutdatedBefore: latest)
            }
            return outcome
        }
    }

    /// Marks everything on a chain.
    func addAll(of chain: ChainIdentifier, at moment: Int64) {
        state.withLock { Self.addAll(of: chain, moment, to: &$0) }
    }

    /// Drops marks of before a moment: what is that old is stale by its own lifetime.
    func forget(before moment: Int64) {
        state.withLock { state in
            state.chains = state.chains.filter { $0.value.moment >= moment }
            for (key, entries) in state.collections {
                Self.replace(entries.filter { $0.mark.moment >= moment }, of: key, in: &state)
            }
        }
    }

    /// Returns the mark that was set: the one given, or one of the whole contract.
    private static func add(_ mark: UpdateMark, to state: inout State, limit: Int) -> UpdateMark {
        var mark = mark
        state.sequence += 1
        let key = CollectionKey(chain: mark.chain, contract: mark.contract)
        var entries = state.collections[key] ?? []
        entries.removeAll { mark.tokens.contains($0.tokens) && $0.mark.moment <= mark.moment }
        if entries.count >= limit {
            mark.tokens = .all
            mark.moment = entries.reduce(mark.moment) { max($0, $1.mark.moment) }
            entries = []
        }
        entries.append(Entry(tokens: mark.tokens, mark: Mark(moment: mark.moment, sequence: state.sequence)))
        replace(entries, of: key, in: &state)
        return mark
    }

    private static func addAll(of chain: ChainIdentifier, _ moment: Int64, to state: inout State) {
        state.sequence += 1
        let moment = max(moment, state.chains[chain]?.moment ?? moment)
        state.chains[chain] = Mark(moment: moment, sequence: state.sequence)
        for (key, entries) in state.collections where key.chain == chain {
            replace(entries.filter { $0.mark.moment > moment }, of: key, in: &state)
        }
    }

    private static func replace(_ entries: [Entry], of key: CollectionKey, in state: inout State) {
        state.counts[key.chain, default: 0] += entries.count - (state.collections[key]?.count ?? 0)
        state.collections[key] = entries.isEmpty ? nil : entries
    }
}
