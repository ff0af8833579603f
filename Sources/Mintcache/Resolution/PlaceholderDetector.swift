import Synchronization
import Tokens

/// Recognises documents that stand for something not revealed yet: those that look so, and those that came for several
/// tokens of one collection. Bounded: the collections and documents seen first are forgotten first.
final class PlaceholderDetector: Sendable {
    /// Tokens with one document from which on it is a placeholder.
    private static let tokensAlike = 3
    private static let documentsPerCollection = 8
    private static let capacity = 4096

    /// A document and the first tokens it came for.
    private struct Sighting {
        let entityTag: String
        var tokens: [TokenReference]
    }

    private struct State {
        var collections: [CollectionKey: [Sighting]] = [:]
        var order: [CollectionKey] = []
        var suspects: [TokenReference] = []
    }

    private let state = Mutex(State())

    /// Whether a token's document is a placeholder. Takes note of the document.
    func isPlaceholder(_ document: MetadataDocument, of reference: TokenReference) -> Bool {
        if isCommon(document.entityTag, reference) { return true }
        return !LargeDocument.isLarge(document.bytes) && PlaceholderLook.isPlaceholder(document.bytes)
    }

    /// Tokens whose document was kept like any other before it came for several: their time to be looked at again is
    /// now. Each is named once.
    func takeSuspects() -> [TokenReference] {
        state.withLock { state in
            defer { state.suspects = [] }
            return state.suspects
        }
    }

    private func isCommon(_ entityTag: String, _ reference: TokenReference) -> Bool {
        let key = CollectionKey(chain: reference.chain, contract: reference.contract)
        return state.withLock { state in
            var sightings = state.collections[key] ?? []
            if state.collections[key] == nil { Self.makeRoom(for: key, in: &state) }
            defer { state.collections[key] = sightings }
            guard let index = sightings.firstIndex(where: { $0.entityTag == entityTag }) else {
                if sightings.count >= Self.documentsPerCollection { sightings.removeFirst() }
                sightings.append(Sighting(entityTag: entityTag, tokens: [reference]))
                return false
            }
            guard !sightings[index].tokens.contains(reference) else {
                return sightings[index].tokens.count >= Self.tokensAlike
            }
            guard sightings[index].tokens.count < Self.tokensAlike else { return true }
            sightings[index].tokens.append(reference)
            guard sightings[index].tokens.count == Self.tokensAlike else { return false }
            state.suspects += sightings[index].tokens.dropLast()
            return true
        }
    }

    private static func makeRoom(for key: CollectionKey, in state: inout State) {
        if state.order.count >= capacity {
            let oldest = state.order.removeFirst()
            state.collections[oldest] = nil
        }
        state.order.append(key)
    }
}
