import EventLoops

/// A block of IP addresses in CIDR form (RFC 4632; RFC 4291, section 2.3): `10.0.0.0/8`, `2001:db8::/32`. A single
/// address is a block of one.
struct AddressRange: Sendable, Hashable {
    private let prefix: UInt128
    private let mask: UInt128

    /// `nil` for all else, also for an address with bits past its prefix, `10.0.0.1/8`: one of the two is a slip.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let address = SocketAddress(numericHost: parts[0], port: 0) else { return nil }
        let width = address.bytes.count * 8
        guard let length = parts.count == 1 ? width : Self.length(parts[1]), length <= width else { return nil }
        prefix = address.number
        mask = .max << UInt128(width - length)
        if prefix & ~mask != 0 { return nil }
    }

    func contains(_ address: SocketAddress) -> Bool {
        address.number & mask == prefix
    }

    /// Decimal, without a sign or leading zeros.
    private static func length(_ text: String) -> Int? {
        guard let number = Int(text), String(number) == text, number >= 0 else { return nil }
        return number
    }
}

extension SocketAddress {
    /// All 128 bits. An IPv4 address counts as its IPv4-mapped one (RFC 4291, section 2.5.5.2), which is how a listener
    /// on `[::]` sees it.
    var number: UInt128 {
        let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return family == .ipv4 ? 0xFFFF << 32 | bits : bits
    }

    /// Whether it is an IPv4 address, in whichever form.
    var isIPv4: Bool { number >> 32 == 0xFFFF }
}
