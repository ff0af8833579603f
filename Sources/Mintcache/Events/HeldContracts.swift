import Synchronization
import Tokens

/// The contracts whose events matter, because something of theirs is held or about to be. Bounded: past the limit of a
/// chain those that nobody asked for longest are forgotten.
final class HeldContracts: Sendable {
    /// Contracts of one chain.
    static let limit = 10_000

    private struct State {
        /// By when they were last asked for.
        var held: [ChainIdentifier: [ContractAddress: UInt64]] = [:]
        /// Tokens of theirs that are being looked for.
        var visited: [CollectionKey: Int] = [:]
        var turn: UInt64 = 0
    }

    private let state = Mutex(State())

    /// A token of the contract is looked for. What a source says of it from now on may be out of date by the time it is
    /// held. End with ``leave(_:)``.
    func enter(_ key: CollectionKey) {
        state.withLock { $0.visited[key, default: 0] += 1 }
    }

    func leave(_ key: CollectionKey) {
        state.withLock { state in
            guard let count = state.visited[key] else { return }
            state.visited[key] = count > 1 ? count - 1 : nil
        }
    }

    /// Something of the contract is held.
    func hold(_ key: CollectionKey) {
        state.withLock { state in
            state.turn += 1
            state.held[key.chain, default: [:]][key.contract] = state.turn
            if let held = state.held[key.chain], held.count > Self.limit {
                let boundary = held.values.sorted()[held.count - Self.limit * 9 / 10]
                state.held[key.chain] = held.filter { $0.value >= boundary }
            }
        }
    }

    /// Those of a chain, in order.
    func contracts(on chain: ChainIdentifier) -> [ContractAddress] {
        state.withLock { state in
            let visited = state.visited.keys.lazy.filter { $0.chain == chain }.prefix(Self.limit).map(\.contract)
            return Set(state.held[chain].map { Array($0.keys) } ?? []).union(visited).sorted()
        }
    }

    func count(on chain: ChainIdentifier) -> Int { state.withLock { $0.held[chain]?.count ?? 0 } }
}

extension CollectionKey {
    init(_ reference: TokenReference) {
        self.init(chain: reference.chain, contract: reference.contract)
    }
}
