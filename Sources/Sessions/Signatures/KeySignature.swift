private import CSecp256k1
import Tokens

/// A signature by a key: 65 bytes `r`, `s`, `v` over secp256k1, from which the signer's address can be computed.
public struct KeySignature: Sendable, Hashable {
    /// `r` and `s`.
    private let compact: [UInt8]
    /// 0 or 1.
    private let recovery: Int32

    /// - Parameter bytes: 65 of them, with `v` 0 or 1, or 27 or 28 as most wallets give it; `nil` for all others.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 65 else { return nil }
        switch bytes[64] {
        case 0, 27: recovery = 0
        case 1, 28: recovery = 1
        default: return nil
        }
        compact = Array(bytes[..<64])
    }

    /// Whether `s` lies in the upper half of the curve's order. For every such signature there is one in the lower half
    /// that anybody can compute, so only one of the two can be good (EIP-2).
    public var isMalleable: Bool {
        guard var parsed = parsed else { return false }
        var plain = secp256k1_ecdsa_signature()
        secp256k1_ecdsa_recoverable_signature_convert(csecp256k1_context(), &plain, &parsed)
        return secp256k1_ecdsa_signature_normalize(csecp256k1_context(), nil, &plain) == 1
    }

    /// Who signed a hash of 32 bytes; `nil` when the signature is none at all.
    public func signer(of hash: [UInt8]) -> WalletAddress? {
        precondition(hash.count == 32, "What is signed is a hash of 32 bytes.")
        guard var parsed = parsed else { return nil }
        var key = secp256k1_pubkey()
        guard secp256k1_ecdsa_recover(csecp256k1_context(), &key, &parsed, hash) == 1 else { return nil }
        var point = [UInt8](repeating: 0, count: 65)
        var count = point.count
        secp256k1_ec_pubkey_serialize(
            csecp256k1_context(), &point, &count, &key, UInt32(SECP256K1_EC_UNCOMPRESSED))
        // The first byte tells the form.
        return WalletAddress(bytes: Keccak256.hash(Array(point[1...]).span).bigEndianBytes.suffix(20))
    }

    /// `nil` when `r` or `s` is not below the curve's order.
    private var parsed: secp256k1_ecdsa_recoverable_signature? {
        var signature = secp256k1_ecdsa_recoverable_signature()
        let isParsed = secp256k1_ecdsa_recoverable_signature_parse_compact(
            csecp256k1_context(), &signature, compact, recovery)
        return isParsed == 1 ? signature : nil
    }
}
