import HTTPCaching
import Testing

@testable import UpstreamFetching

@Suite("Exchanges: redirects")
struct ExchangeRedirectScenarios {
    private let fields = [FieldLine("X-Key", "secret"), FieldLine("Accept", "a/b"), FieldLine("Range", "bytes=1-")]

    @Test func `a chain within the origin is followed with every field`() async throws {
        let origin = try ScriptedOrigin.answering { request in
            if request.hasPrefix("GET /a ") { return answer("301 Moved", fields: "Location: /b\r\n") }
            if request.hasPrefix("GET /b ") { return answer("308 Moved", fields: "Location: c?d=1\r\n") }
            return request.contains("X-Key: secret") ? ok("end") : ok("lost")
        }
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(origin.exchange("GET", "/a", fields), following: 5)
            #expect(try await exchange.collect() == Array("end".utf8))
            #expect(await client.counters().redirects == 2)
        }
        #expect(origin.record.requests.last?.hasPrefix("GET /c?d=1 HTTP/1.1\r\n") == true)
    }

    @Test func `another origin gets no secrets, and a Host of its own`() async throws {
        let elsewhere = try ScriptedOrigin.answering { _ in ok("end") }
        defer { elsewhere.stop() }
        let origin = try ScriptedOrigin.answering { _ in answer("302 Found", fields: "Location: \(elsewhere.url)x\r\n")
        }
        defer { origin.stop() }
        try await withClient({ $0.allowPrivateNetworks = true }) { client in
            let exchange = try await client.open(origin.exchange("GET", "/", fields), following: 5)
            #expect(try await exchange.collect() == Array("end".utf8))
        }
        let request = try #require(elsewhere.record.requests.first)
        #expect(request.contains("Host: \(elsewhere.host)\r\n"))
        #expect(request.contains("Accept: a/b\r\n") && request.contains("Range: bytes=1-\r\n"))
        #expect(!request.contains("secret"))
    }

    @Test func `nobody is led inside, or round and round`() async throws {
        let inside = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { inside.stop() }
        let origin = try ScriptedOrigin.answering { request in
            answer("302 Found", fields: "Location: \(request.hasPrefix("GET /in ") ? inside.url : "/again")\r\n")
        }
        defer { origin.stop() }
        try await withClient({ $0.permittedPorts.insert(inside.port) }) { client in
            for (target, kind) in [("/in", FetchFailure.Kind.refusedAddress), ("/", .tooManyRedirects)] {
                let request = origin.exchange("GET", target)
                let failure = await #expect(throws: FetchFailure.self) { try await client.open(request, following: 3) }
                #expect(failure?.kind == kind)
            }
        }
        #expect(inside.record.requests.isEmpty)
        #expect(origin.record.requests.count == 1 + 4)
    }
}
