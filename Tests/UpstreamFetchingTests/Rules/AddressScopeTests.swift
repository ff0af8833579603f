import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Address scopes")
struct AddressScopeTests {
    /// First and last address of each range that is not on the internet, and its neighbours that are.
    static let ipv4: [(first: String, last: String, range: SpecialRange, below: String?, above: String?)] = [
        ("0.0.0.0", "0.255.255.255", .thisNetwork, nil, "1.0.0.0"),
        ("10.0.0.0", "10.255.255.255", .privateUse, "9.255.255.255", "11.0.0.0"),
        ("100.64.0.0", "100.127.255.255", .sharedSpace, "100.63.255.255", "100.128.0.0"),
        ("127.0.0.0", "127.255.255.255", .loopback, "126.255.255.255", "128.0.0.0"),
        ("169.254.0.0", "169.254.255.255", .linkLocal, "169.253.255.255", "169.255.0.0"),
        ("172.16.0.0", "172.31.255.255", .privateUse, "172.15.255.255", "172.32.0.0"),
        ("192.0.0.0", "192.0.0.255", .protocolAssignments, "191.255.255.255", "192.0.1.0"),
        ("192.0.2.0", "192.0.2.255", .documentation, "192.0.1.255", "192.0.3.0"),
        ("192.88.99.0", "192.88.99.255", .relay, "192.88.98.255", "192.88.100.0"),
        ("192.168.0.0", "192.168.255.255", .privateUse, "192.167.255.255", "192.169.0.0"),
        ("198.18.0.0", "198.19.255.255", .benchmarking, "198.17.255.255", "198.20.0.0"),
        ("198.51.100.0", "198.51.100.255", .documentation, "198.51.99.255", "198.51.101.0"),
        ("203.0.113.0", "203.0.113.255", .documentation, "203.0.112.255", "203.0.114.0"),
        ("224.0.0.0", "239.255.255.255", .multicast, "223.255.255.255", nil),
        ("240.0.0.0", "255.255.255.255", .reserved, nil, nil),
    ]

    static let ipv6: [(first: String, last: String, range: SpecialRange)] = [
        ("::", "::", .unspecified),
        ("::1", "::1", .loopback),
        ("::2", "::ffff:ffff", .embeddedIPv4),
        ("64:ff9b::", "64:ff9b::ffff:ffff", .translation),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .translation),
        ("100::", "100::ffff:ffff:ffff:ffff", .discard),
        ("100:0:0:1::", "100::1:ffff:ffff:ffff:ffff", .discard),
        ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", .relay),
        ("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignments),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .relay),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .segmentRouting),
        ("fd00:ec2::", "fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff", .cloudMetadata),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .uniqueLocal),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .linkLocal),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .siteLocal),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
        ("101::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .unallocated),
        ("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .unallocated),
        ("6000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .unallocated),
        ("fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .unallocated),
    ]

    private func scope(_ text: String) throws -> AddressScope {
        AddressScope(try #require(SocketAddress(numericHost: text, port: 80), "\(text) is no address"))
    }

    @Test func `every IPv4 range begins and ends where the registry says`() throws {
        for row in Self.ipv4 {
            #expect(try scope(row.first) == .special(row.range), "\(row.first)")
            #expect(try scope(row.last) == .special(row.range), "\(row.last)")
            if let below = row.below { #expect(try scope(below) == .global, "\(below)") }
            if let above = row.above { #expect(try scope(above) == .global, "\(above)") }
        }
    }

    @Test func `every IPv6 range begins and ends where the registry says`() throws {
        for row in Self.ipv6 {
            #expect(try scope(row.first) == .special(row.range), "\(row.first)")
            #expect(try scope(row.last) == .special(row.range), "\(row.last)")
        }
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "2606:4700::6810:84e5", "2001:200::", "2000::", "2001:db7:ffff::", "2001:db9::",
        "2003::", "3ffe:ffff::", "3fff:1000::", "::ffff:8.8.8.8",
    ])
    func `public addresses are global`(text: String) throws {
        #expect(try scope(text) == .global)
    }

    @Test func `an IPv4-mapped address has the scope of the address inside`() throws {
        for row in Self.ipv4 {
            #expect(try scope("::ffff:\(row.first)") == .special(row.range))
            #expect(try scope("::ffff:\(row.last)") == .special(row.range))
        }
    }
}
