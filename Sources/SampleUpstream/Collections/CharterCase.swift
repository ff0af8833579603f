public import Tokens

/// Contracts that each speak about themselves in a way of their own; their tokens do not matter.
public enum CharterCase: UInt64, CaseIterable, Sendable {
    /// `contractURI` is a `data:` URI with the `;utf8` that ERC-7572 itself writes.
    case inline = 1
    /// The document is on a web host and has every member that the ERC knows, and some of them by other names.
    case complete = 2
    /// `name` and `symbol` return `bytes32`.
    case shortText = 3
    /// `name` is not UTF-8 and holds a NUL; `symbol` is empty.
    case brokenText = 4
    /// Only ERC-165 is answered; everything else reverts.
    case silent = 5
    /// A fallback returns 1 to every call.
    case yes = 6
    /// Nothing is at the `contractURI`.
    case lost = 7
    /// The document is no JSON.
    case garbled = 8
    /// Everything reverts.
    case mute = 9
    /// The offset of `name` lies beyond the data; `totalSupply` is half a word.
    case hostile = 10

    /// The contract's address.
    public var address: ContractAddress {
        // Digits chosen so that no case of letters, and so no checksum, comes in.
        let digits = String(7_572_000_000 + rawValue)
        do {
            return try ContractAddress(parsing: "0x" + String(repeating: "0", count: 40 - digits.count) + digits)
        } catch {
            preconditionFailure("Forty digits are an address: \(error)")
        }
    }
}
