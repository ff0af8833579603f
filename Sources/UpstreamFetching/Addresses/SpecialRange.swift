/// A block of addresses from the IANA special-purpose registries (RFC 6890, RFC 8190) or from the parts of the address
/// space that nobody holds. Nothing a stranger names has a reason to be in one.
public enum SpecialRange: String, Sendable, Hashable {
    case thisNetwork = "this network"
    case privateUse = "private use"
    case sharedSpace = "carrier-grade NAT"
    case loopback
    case linkLocal = "link-local"
    case protocolAssignments = "protocol assignments"
    case documentation
    case benchmarking
    case relay = "6to4 or Teredo"
    case multicast
    case reserved
    case unspecified
    case embeddedIPv4 = "IPv4-compatible"
    case translation = "NAT64"
    case discard = "discard-only"
    case segmentRouting = "segment routing"
    case uniqueLocal = "unique local"
    case siteLocal = "site-local"
    case cloudMetadata = "cloud metadata"
    case unallocated

    /// Networks that an operator can open to untrusted URLs as a whole. Link-local stays shut: it is where clouds
    /// hand out credentials.
    var isPrivateNetwork: Bool {
        switch self {
        case .privateUse, .sharedSpace, .loopback, .uniqueLocal: true
        case .thisNetwork, .linkLocal, .protocolAssignments, .documentation, .benchmarking, .relay, .multicast: false
        case .reserved, .unspecified, .embeddedIPv4, .translation, .discard, .segmentRouting, .siteLocal: false
        case .cloudMetadata, .unallocated: false
        }
    }
}

/// The first `length` bits of an address.
struct AddressPrefix {
    let bytes: [UInt8]
    let length: Int
    let range: SpecialRange

    /// `bytes` may leave out zeros at the end.
    init(_ bytes: [UInt8], _ length: Int, _ range: SpecialRange) {
        self.bytes = bytes
        self.length = length
        self.range = range
    }

    func contains(_ address: [UInt8]) -> Bool {
        var left = length
        for index in 0..<address.count where left > 0 {
            let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
            let expected = index < bytes.count ? bytes[index] : 0
            if (address[index] ^ expected) & mask != 0 { return false }
            left -= 8
        }
        return true
    }
}
