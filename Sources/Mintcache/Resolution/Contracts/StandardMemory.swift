import Synchronization
import Tokens

/// Which standard each contract turned out to follow. Bounded: forgotten as a whole when full.
final class StandardMemory: Sendable {
    private static let capacity = 65_536

    private struct State {
        var known: [CollectionKey: TokenStandard] = [:]
        /// Contracts that somebody is finding out about.
        var underWay: Set<CollectionKey> = []
    }

    private let state = Mutex(State())

    subscript(contract: CollectionKey) -> TokenStandard? {
        state.withLock { $0.known[contract] }
    }

    /// True for the first who asks: the others need not find out the same. Followed by ``end(_:with:)``.
    func begin(_ contract: CollectionKey) -> Bool {
        state.withLock { $0.underWay.insert(contract).inserted }
    }

    /// - Parameter standard: what was found out, if anything.
    func end(_ contract: CollectionKey, with standard: TokenStandard?) {
        state.withLock { state in
            state.underWay.remove(contract)
            guard let standard else { return }
            Self.remember(standard, of: contract, in: &state)
        }
    }

    func remember(_ standard: TokenStandard, of contract: CollectionKey) {
        state.withLock { Self.remember(standard, of: contract, in: &$0) }
    }

    private static func remember(_ standard: TokenStandard, of contract: CollectionKey, in state: inout State) {
        if state.known.count >= capacity { state.known.removeAll(keepingCapacity: true) }
        state.known[contract] = standard
    }
}
