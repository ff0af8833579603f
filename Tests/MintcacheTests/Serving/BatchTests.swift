import EventLoops
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A batch's request` {
    private func request(_ items: String) throws -> BatchRequest {
        try BatchRequest(parsing: Array("{\"tokens\":[\(items)]}".utf8), chains: sampleChains) { _ in nil }
    }

    @Test func `names each token once, however often and however it is asked for`() throws {
        let request = try request(
            """
            "eip155:1/erc721:\(sampleContract)/5", {"chain":"ethereum","contract":"\(sampleContract)","token_id":"0x5"},
            "eip155:1/erc1155:\(sampleContract)/6", "x"
            """)
        #expect(request.tokens == [try reference(5), try reference(6)])
        let places = request.items.map { if case .token(let place) = $0 { place } else { -1 } }
        #expect(places == [0, 0, 1, -1])
    }

    @Test func `has one to a thousand items`() throws {
        #expect(try request(Array(repeating: "1", count: 1000).joined(separator: ",")).items.count == 1000)
        let problem = #expect(throws: Problem.self) {
            try request(Array(repeating: "1", count: 1001).joined(separator: ","))
        }
        #expect(problem?.status == 400 && problem?.detail.contains("at most 1000") == true)
        #expect(throws: Problem.self) { try request("") }
    }
}

@Suite struct `A limit of requests` {
    @Test func `makes a client wait for what it was charged beyond its bucket`() throws {
        let limiter = RateLimiter<ClientKey>(rate: 10, burst: 5)
        let client = ClientKey(try #require(SocketAddress(bytes: [192, 0, 2, 1], port: 0)))
        #expect(limiter.admit(client, at: 0) == nil)
        limiter.charge(client, 99, at: 0)
        #expect(limiter.admit(client, at: 0) == 10)
        #expect(limiter.admit(client, at: 9_600) == nil)
    }
}
