import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Address policy")
struct AddressPolicyTests {
    /// Why `trust` may not reach `address` by `url`; `nil` when it may.
    private func refusal(
        _ url: String, _ address: String, trust: UpstreamRequest.Trust = .untrusted,
        _ configure: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> FetchFailure.Kind? {
        var options = UpstreamOptions()
        configure(&options)
        let url = try UpstreamURL(parsing: url)
        let address = try #require(SocketAddress(numericHost: address, port: url.port))
        do throws(FetchFailure) {
            let gate = try AddressPolicy(options).gate(for: url, trust: trust)
            return gate.refusal(of: address) == nil ? nil : .refusedAddress
        } catch {
            return error.kind
        }
    }

    private func pattern(_ text: String) -> [HostPattern] { HostPattern(text).map { [$0] } ?? [] }

    @Test func `untrusted URLs reach public addresses on web ports only`() throws {
        #expect(try refusal("https://a.test/", "8.8.8.8") == nil)
        #expect(try refusal("http://a.test/", "2606:4700::1") == nil)
        #expect(try refusal("https://a.test/", "10.0.0.1") == .refusedAddress)
        #expect(try refusal("https://a.test/", "169.254.169.254") == .refusedAddress)
        #expect(try refusal("https://a.test:6379/", "8.8.8.8") == .refusedURL)
        #expect(try refusal("http://a.test:8080/", "8.8.8.8") == .refusedURL)
    }

    @Test func `configured URLs reach anything, on the URL's own port`() throws {
        #expect(try refusal("http://a.test:8545/", "127.0.0.1", trust: .configured) == nil)
        #expect(try refusal("http://a.test/", "169.254.169.254", trust: .configured) == nil)
        let gate = try AddressPolicy(UpstreamOptions()).gate(
            for: UpstreamURL(parsing: "http://a.test/"), trust: .configured)
        #expect(gate.refusal(of: try #require(SocketAddress(numericHost: "8.8.8.8", port: 22))) != nil)
    }

    @Test func `an allowed host may have any address, on the port named or the web ports`() throws {
        #expect(try refusal("http://in.test/", "10.0.0.1") { $0.allowHosts = pattern("in.test") } == nil)
        #expect(try refusal("http://in.test:81/", "10.0.0.1") { $0.allowHosts = pattern("in.test") } == .refusedURL)
        #expect(try refusal("http://in.test:81/", "10.0.0.1") { $0.allowHosts = pattern("in.test:81") } == nil)
        #expect(try refusal("http://in.test/", "10.0.0.1") { $0.allowHosts = pattern("in.test:81") } == .refusedAddress)
        #expect(try refusal("http://a.in.test/", "10.0.0.1") { $0.allowHosts = pattern("in.test") } == .refusedAddress)
        #expect(try refusal("http://a.in.test/", "10.0.0.1") { $0.allowHosts = pattern("*.in.test") } == nil)
        #expect(try refusal("http://[::1]:81/", "::1") { $0.allowHosts = pattern("[::1]:81") } == nil)
    }

    @Test func `denied hosts and addresses win over everything but the operator's own URLs`() throws {
        #expect(try refusal("http://Bad.test./", "8.8.8.8") { $0.denyHosts = pattern("bad.test") } == .refusedURL)
        #expect(try refusal("http://x.test/", "8.8.8.8") { $0.denyHosts = pattern("8.8.8.8") } == .refusedAddress)
        let both = try refusal("http://x.test/", "8.8.8.8") { options in
            options.allowHosts = pattern("x.test")
            options.denyHosts = pattern("8.8.8.8")
        }
        #expect(both == .refusedAddress)
        #expect(
            try refusal("http://bad.test/", "8.8.8.8", trust: .configured) { $0.denyHosts = pattern("bad.test") } == nil
        )
    }

    @Test func `opening private networks opens neither link-local addresses nor odd ports on the internet`() throws {
        let open = { (options: inout UpstreamOptions) in options.allowPrivateNetworks = true }
        #expect(try refusal("http://a.test:8080/", "10.0.0.1", open) == nil)
        #expect(try refusal("http://a.test:8080/", "127.0.0.1", open) == nil)
        #expect(try refusal("http://a.test:8080/", "fd12::1", open) == nil)
        #expect(try refusal("http://a.test/", "8.8.8.8", open) == nil)
        #expect(try refusal("http://a.test:8080/", "8.8.8.8", open) == .refusedAddress)
        #expect(try refusal("http://a.test/", "169.254.169.254", open) == .refusedAddress)
        #expect(try refusal("http://a.test/", "fd00:ec2::254", open) == .refusedAddress)
        #expect(try refusal("http://a.test/", "0.0.0.0", open) == .refusedAddress)
    }

    @Test(arguments: [
        "", ":80", "a b", "a.test:", "a.test:0", "a.test:65536", "http://a.test", "[::1", "[::1]x", "a/b", "*",
    ])
    func `texts that are no host are no pattern`(text: String) {
        #expect(HostPattern(text) == nil)
    }

    @Test func `patterns print as they are written`() {
        #expect(
            ["A.test.", "a.test:81", "*.a.test", "[0::1]:5"].map { HostPattern($0)?.description } == [
                "a.test", "a.test:81", "*.a.test", "[::1]:5",
            ])
    }
}
