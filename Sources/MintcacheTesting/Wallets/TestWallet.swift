private import CSecp256k1
public import Tokens

/// A wallet with a key of its own that signs whatever it is told to.
public struct TestWallet: Sendable {
    private let secret: [UInt8]
    /// `0x` and forty digits in the mixed case of EIP-55.
    public let address: String

    /// - Parameter secret: the key as a number from 1.
    public init(_ secret: UInt64) {
        self.secret = UInt256(secret).bigEndianBytes
        let context = Self.context
        var key = secp256k1_pubkey()
        let isKey = secp256k1_ec_pubkey_create(context, &key, self.secret)
        precondition(isKey == 1, "A test's key lies within the curve's order.")
        var point = [UInt8](repeating: 0, count: 65)
        var count = point.count
        secp256k1_ec_pubkey_serialize(context, &point, &count, &key, UInt32(SECP256K1_EC_UNCOMPRESSED))
        secp256k1_context_destroy(context)
        let digest = Keccak256.hash(Array(point[1...]).span).bigEndianBytes.suffix(20)
        let text = "0x" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard let contract = try? ContractAddress(parsing: text) else {
            preconditionFailure("Twenty bytes are an address.")
        }
        address = contract.checksummed
    }

    private static var context: OpaquePointer {
        guard let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
            preconditionFailure("The library has a context for everybody.")
        }
        return context
    }

    /// What `personal_sign` gives: 65 bytes, `v` 27 or 28 (EIP-191).
    public func signature(of text: String) -> [UInt8] {
        let content = Array(text.utf8)
        let prefix = "\u{19}Ethereum Signed Message:\n\(content.count)"
        return signature(ofHash: Keccak256.hash((Array(prefix.utf8) + content).span))
    }

    public func signature(ofHash hash: UInt256) -> [UInt8] {
        let context = Self.context
        defer { secp256k1_context_destroy(context) }
        var signature = secp256k1_ecdsa_recoverable_signature()
        let isSigned = secp256k1_ecdsa_sign_recoverable(context, &signature, hash.bigEndianBytes, secret, nil, nil)
        precondition(isSigned == 1, "A key signs any hash.")
        var bytes = [UInt8](repeating: 0, count: 64)
        var recovery: Int32 = 0
        secp256k1_ecdsa_recoverable_signature_serialize_compact(context, &bytes, &recovery, &signature)
        return bytes + [UInt8(27 + recovery)]
    }

    /// The other signature over the same hash that anybody can compute from one: `s` on the other side of the order.
    public static func mirrored(_ signature: [UInt8]) -> [UInt8] {
        var borrow = 0
        var other = signature
        for position in (0..<32).reversed() {
            let digit = Int(order[position]) - Int(signature[32 + position]) - borrow
            other[32 + position] = UInt8((digit + 256) % 256)
            borrow = digit < 0 ? 1 : 0
        }
        other[64] = signature[64] == 27 ? 28 : 27
        return other
    }

    /// SEC 2, section 2.4.1.
    private static let order: [UInt8] = UInt256(
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0xBAAE_DCE6_AF48_A03B, 0xBFD2_5E8C_D036_4141
    ).bigEndianBytes
}

extension [UInt8] {
    /// `0x` and two digits for each byte.
    public var hexadecimal: String { "0x" + map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
