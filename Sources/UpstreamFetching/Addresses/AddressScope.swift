public import EventLoops

/// Whether an address is on the public internet. Decided on its bytes alone: every spelling of an address has the same.
public enum AddressScope: Sendable, Hashable {
    case global
    case special(SpecialRange)

    public init(_ address: SocketAddress) {
        self.init(bytes: address.bytes)
    }

    /// 4 or 16 bytes in network order.
    init(bytes: [UInt8]) {
        if bytes.count == 4 {
            self = Self.find(bytes, in: Self.ipv4)
        } else if Self.mapped.contains(bytes) {
            // The kernel speaks IPv4 to these.
            self = Self.find(Array(bytes.suffix(4)), in: Self.ipv4)
        } else if case .special(let range) = Self.find(bytes, in: Self.ipv6) {
            self = .special(range)
        } else {
            self = Self.globalUnicast.contains(bytes) ? .global : .special(.unallocated)
        }
    }

    private static func find(_ bytes: [UInt8], in prefixes: [AddressPrefix]) -> AddressScope {
        for prefix in prefixes where prefix.contains(bytes) { return .special(prefix.range) }
        return .global
    }

    /// iana.org/assignments/iana-ipv4-special-registry, plus multicast (RFC 5771).
    private static let ipv4: [AddressPrefix] = [
        AddressPrefix([0], 8, .thisNetwork),
        AddressPrefix([10], 8, .privateUse),
        AddressPrefix([100, 64], 10, .sharedSpace),
        AddressPrefix([127], 8, .loopback),
        AddressPrefix([169, 254], 16, .linkLocal),
        AddressPrefix([172, 16], 12, .privateUse),
        AddressPrefix([192, 0, 0], 24, .protocolAssignments),
        AddressPrefix([192, 0, 2], 24, .documentation),
        AddressPrefix([192, 88, 99], 24, .relay),
        AddressPrefix([192, 168], 16, .privateUse),
        AddressPrefix([198, 18], 15, .benchmarking),
        AddressPrefix([198, 51, 100], 24, .documentation),
        AddressPrefix([203, 0, 113], 24, .documentation),
        AddressPrefix([224], 4, .multicast),
        AddressPrefix([240], 4, .reserved),
    ]

    private static let mapped = AddressPrefix([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, .embeddedIPv4)

    /// The only space given out for use on the internet (RFC 4291 section 2.4, RFC 3513).
    private static let globalUnicast = AddressPrefix([0x20], 3, .unallocated)

    /// iana.org/assignments/iana-ipv6-special-registry. Prefixes that carry an IPv4 address inside (NAT64, 6to4,
    /// Teredo, IPv4-compatible) are shut as a whole.
    private static let ipv6: [AddressPrefix] = [
        AddressPrefix([], 128, .unspecified),
        AddressPrefix([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, .loopback),
        AddressPrefix([], 96, .embeddedIPv4),
        AddressPrefix([0x00, 0x64, 0xFF, 0x9B], 96, .translation),
        AddressPrefix([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 48, .translation),
        AddressPrefix([0x01, 0x00], 64, .discard),
        AddressPrefix([0x01, 0x00, 0, 0, 0, 0, 0, 1], 64, .discard),
        AddressPrefix([0x20, 0x01, 0x0D, 0xB8], 32, .documentation),
        AddressPrefix([0x20, 0x01, 0x00, 0x00], 32, .relay),
        AddressPrefix([0x20, 0x01, 0x00], 23, .protocolAssignments),
        AddressPrefix([0x20, 0x02], 16, .relay),
        AddressPrefix([0x3F, 0xFF], 20, .documentation),
        AddressPrefix([0x5F, 0x00], 16, .segmentRouting),
        AddressPrefix([0xFD, 0x00, 0x0E, 0xC2], 32, .cloudMetadata),
        AddressPrefix([0xFC], 7, .uniqueLocal),
        AddressPrefix([0xFE, 0x80], 10, .linkLocal),
        AddressPrefix([0xFE, 0xC0], 10, .siteLocal),
        AddressPrefix([0xFF], 8, .multicast),
    ]
}
