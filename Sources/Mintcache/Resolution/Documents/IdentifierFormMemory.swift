import Synchronization
import Tokens

/// In which form the hosts of collections want the token's number where the URI has `{id}`. Bounded: forgotten as a
/// whole when full.
///
/// Any thread.
final class IdentifierFormMemory: Sendable {
    private static let capacity = 16_384

    private let known = Mutex<[CollectionKey: IdentifierForm]>([:])

    subscript(collection: CollectionKey) -> IdentifierForm? {
        get { known.withLock { $0[collection] } }
        set {
            known.withLock { known in
                if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
                known[collection] = newValue
            }
        }
    }

    /// The forms to try for a token, in order. Where one worked for the collection before, only that and the standard's
    /// own: any other would be a guess. A hexadecimal number that reads as a decimal one is not guessed, because a host
    /// that knows decimals would answer with the document of another token.
    func candidates(for token: TokenIdentifier, of collection: CollectionKey) -> [IdentifierForm] {
        switch self[collection] {
        case .paddedHex: return [.paddedHex]
        case .some(let form): return [form, .paddedHex]
        case nil:
            var digits: [UInt8] = []
            token.value.appendHex(to: &digits)
            let isAmbiguous = digits.allSatisfy { $0 <= UInt8(ascii: "9") }
            return IdentifierForm.allCases.filter { $0 != .hex || !isAmbiguous }
        }
    }
}
