import EventLoops
import Testing

@testable import Mintcache

@Suite struct `Trusted proxies` {
    private func address(_ text: String) throws -> SocketAddress {
        try #require(SocketAddress(numericHost: text, port: 443))
    }

    /// Whom the last hop, `peer`, and a field with these hops lead to.
    private func client(_ trusted: [String], _ peer: String, _ hops: String...) throws -> String {
        let hops = hops.map { SocketAddress(numericHost: $0, port: 0) }
        return TrustedProxies(trusted).client(before: try address(peer), hops).numericHost
    }

    @Test(arguments: [
        ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2", "::1"]),
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["9.255.255.255", "11.0.0.0", "::a00:1"]),
        ("192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]),
        ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], ["::1", "2001:db8::1"]),
        ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "32.1.13.184"]),
        ("::ffff:10.0.0.0/104", ["10.1.2.3", "::ffff:10.1.2.3"], ["11.0.0.0"]),
        ("::/0", ["::1", "2001:db8::1", "10.0.0.1"], []),
    ]) func `a range has all of its addresses and no others`(text: String, within: [String], beyond: [String]) throws {
        let range = try #require(AddressRange(text))
        for each in within { #expect(range.contains(try address(each)), "\(each)") }
        for each in beyond { #expect(!range.contains(try address(each)), "\(each)") }
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
        "10.0.0.0/ 8", " 10.0.0.0/8", "10.0.0.1/8", "10.0/8", "2001:db8::/129", "2001:db8::1/32", "[::1]",
        "example.org", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999",
    ]) func `nonsense is no range`(text: String) {
        #expect(AddressRange(text) == nil)
        let problem = "server.trusted_proxies: '\(text)' is neither an IP address nor a range such as 10.0.0.0/8"
        #expect(problems("server: { trusted_proxies: [\"\(text)\"] }\n") == ["m.yaml:1:28: \(problem)"])
    }

    @Test func `nobody is trusted by default`() throws {
        #expect(try client([], "192.0.2.1", "198.51.100.1") == "192.0.2.1")
    }

    @Test func `what a stranger says is not believed`() throws {
        #expect(try client(["10.0.0.0/8"], "192.0.2.1", "198.51.100.1") == "192.0.2.1")
    }

    @Test func `hops are followed from the last to the first that is not trusted`() throws {
        let trusted = ["10.0.0.0/8", "2001:db8::/32"]
        #expect(try client(trusted, "10.0.0.1", "203.0.113.9", "198.51.100.1") == "198.51.100.1")
        let through = try client(trusted, "10.0.0.1", "203.0.113.9", "198.51.100.1", "2001:db8::1", "10.9.9.9")
        #expect(through == "198.51.100.1")
        #expect(try client(trusted, "::ffff:10.0.0.1", "198.51.100.1") == "198.51.100.1")
    }

    @Test func `when all are trusted it is the first of them`() throws {
        #expect(try client(["10.0.0.0/8"], "10.0.0.1", "10.0.0.3", "10.0.0.2") == "10.0.0.3")
        #expect(try client(["10.0.0.0/8"], "10.0.0.1") == "10.0.0.1")
    }

    @Test func `nothing is believed that stands before what cannot be read`() throws {
        #expect(try client(["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "unknown") == "10.0.0.1")
        #expect(try client(["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "unknown", "10.0.0.2") == "10.0.0.2")
        #expect(try client(["10.0.0.0/8"], "10.0.0.1", "unknown", "198.51.100.1") == "198.51.100.1")
    }

    @Test func `IPv4 clients of a listener for both families are told apart`() throws {
        let keys = try ["::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1"].map { ClientKey(try address($0)) }
        #expect(keys[0] != keys[1])
        #expect(keys[0] == keys[2])
    }

    @Test func `IPv6 clients of one subscriber are one`() throws {
        let keys = try ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map { ClientKey(try address($0)) }
        #expect(keys[0] == keys[1])
        #expect(keys[0] != keys[2])
    }
}
