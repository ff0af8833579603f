import Testing

@testable import UpstreamFetching

@Suite("TLS to an origin", .enabled(if: TLSOrigin.isAvailable), .serialized)
struct TLSScenarios {
    private static let names = ["tls.test": "127.0.0.1", "other.test": "127.0.0.1"]

    /// The status, or the failure's label.
    private func outcome(
        _ name: String, _ origin: TLSOrigin, trustsOrigin: Bool = true
    ) async throws -> String {
        var outcome = ""
        let file = origin.certificateFile
        try await withClient({ $0.certificateAuthorityFile = trustsOrigin ? file : nil }, names: Self.names) { client in
            do throws(FetchFailure) {
                let url = "https://\(name):\(origin.port)/"
                outcome = "\(try await client.fetch(UpstreamRequest(url, trust: .configured)).status)"
            } catch {
                outcome = error.label
            }
        }
        return outcome
    }

    @Test func `E-113 only the right name under a known authority is talked to`() async throws {
        let origin = try await TLSOrigin()
        defer { origin.stop() }
        #expect(try await outcome("tls.test", origin) == "200")
        #expect(try await outcome("other.test", origin) == "tls")
        #expect(try await outcome("127.0.0.1", origin) == "tls")
        #expect(try await outcome("tls.test", origin, trustsOrigin: false) == "tls")
    }

    @Test func `E-113 protocols before TLS 1.2 are refused`() async throws {
        let origin = try await TLSOrigin(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        defer { origin.stop() }
        #expect(try await outcome("tls.test", origin) == "tls")
    }

    @Test func `plain text on a TLS port is no answer`() async throws {
        let origin = try ScriptedOrigin { connection in
            connection.send(ok("x"))
            connection.receive()
        }
        defer { origin.stop() }
        try await withClient { client in
            let failure = await failure(of: client, UpstreamRequest("https://\(origin.host)/", trust: .configured))
            #expect(failure?.kind == .tls)
        }
    }

    @Test func `exchanges speak HTTP/1.1 over TLS too, and are vetted alike`() async throws {
        let origin = try await TLSOrigin(["-alpn", "h2,http/1.1"])
        defer { origin.stop() }
        let file = origin.certificateFile
        try await withClient({ $0.certificateAuthorityFile = file }, names: Self.names) { client in
            var request = ExchangeRequest(
                origin: "https://tls.test:\(origin.port)", target: Array("/".utf8), trust: .configured,
                isRepeatable: true)
            let exchange = try await client.open(request)
            let page = String(decoding: try await exchange.collect(), as: UTF8.self)
            // This origin prefers HTTP/2 and cannot speak it.
            #expect(exchange.head.status == 200 && page.contains("s_server"))
            request.origin = "https://other.test:\(origin.port)"
            #expect(await exchangeFailure(of: client, request)?.kind == .tls)
        }
    }
}
