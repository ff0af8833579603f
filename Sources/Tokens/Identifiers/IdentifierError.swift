/// Why a chain, contract, token or asset identifier was refused.
///
/// The detail is one sentence that tells the person who typed the identifier what to write instead; it never
/// repeats more than a short, printable part of the input.
public enum IdentifierError: Error, Hashable, Sendable {
    /// Not a CAIP-2 chain identifier.
    case invalidChain(detail: String)
    /// Not a 20-byte hexadecimal contract address, or one whose EIP-55 checksum fails.
    case invalidContract(detail: String)
    /// Not an integer from 0 to 2^256 − 1 in its decimal or `0x` form.
    case invalidToken(detail: String)
    /// Not a CAIP-19 identifier of a token.
    case invalidAsset(detail: String)

    /// The sentence for the client, without the name of the part it concerns.
    public var detail: String {
        switch self {
        case .invalidChain(let detail), .invalidContract(let detail), .invalidToken(let detail),
            .invalidAsset(let detail):
            detail
        }
    }
}

extension IdentifierError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidChain(let detail): "invalid chain: \(detail)"
        case .invalidContract(let detail): "invalid contract: \(detail)"
        case .invalidToken(let detail): "invalid token id: \(detail)"
        case .invalidAsset(let detail): "invalid asset: \(detail)"
        }
    }
}
