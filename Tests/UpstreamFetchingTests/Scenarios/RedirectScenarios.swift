import Foundation
import Testing

@testable import UpstreamFetching

@Suite("Redirects from an origin")
struct RedirectScenarios {
    @Test func `a chain is followed to its end`() async throws {
        let origin = try ScriptedOrigin.answering { request in
            if request.hasPrefix("GET /a ") { return answer("301 Moved", fields: "Location: /b\r\n") }
            if request.hasPrefix("GET /b ") { return answer("307 Moved", fields: "Location: c?d=1\r\n") }
            return ok("end")
        }
        defer { origin.stop() }
        try await withClient { client in
            let response = try await client.fetch(UpstreamRequest(origin.url + "a", trust: .configured))
            #expect(response.body == Array("end".utf8))
            #expect(response.effectiveURL == origin.url + "c?d=1")
            #expect(response.timings.redirects == 2)
        }
        #expect(origin.record.connections == 1)
    }

    @Test func `a loop ends at the limit`() async throws {
        let origin = try ScriptedOrigin.answering { _ in answer("302 Found", fields: "Location: /again\r\n") }
        defer { origin.stop() }
        try await withClient { client in
            var request = UpstreamRequest(origin.url, trust: .configured)
            request.maximumRedirects = 3
            #expect(await failure(of: client, request)?.kind == .tooManyRedirects)
        }
        #expect(origin.record.requests.count == 4)
    }

    @Test func `the caller can have the redirect itself`() async throws {
        let origin = try ScriptedOrigin.answering { _ in answer("302 Found", fields: "Location: /next\r\n") }
        defer { origin.stop() }
        try await withClient { client in
            var request = UpstreamRequest(origin.url, trust: .configured)
            request.maximumRedirects = 0
            let status = try await client.fetch(request).status
            #expect(status == 302)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:PORT/", FetchFailure.Kind.refusedAddress), ("http://0x7f.1:PORT/", .refusedAddress),
        ("http://[::1]:PORT/", .refusedAddress), ("http://169.254.169.254/latest/", .refusedAddress),
        ("http://inside.test:PORT/", .refusedAddress), ("//2130706433:PORT", .refusedAddress),
        ("file:///etc/passwd", .refusedURL), ("gopher://127.0.0.1:PORT/", .refusedURL),
        ("http://me@127.0.0.1:PORT/", .refusedURL), ("http://127.0.0.1:22/", .refusedURL),
    ])
    func `even a configured origin cannot send us inside`(location: String, kind: FetchFailure.Kind) async throws {
        let canary = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { canary.stop() }
        let target = location.replacingOccurrences(of: "PORT", with: "\(canary.port)")
        let origin = try ScriptedOrigin.answering { _ in answer("302 Found", fields: "Location: \(target)\r\n") }
        defer { origin.stop() }
        try await withClient({ $0.permittedPorts.insert(canary.port) }, names: ["inside.test": "127.0.0.1"]) { client in
            #expect(await failure(of: client, UpstreamRequest(origin.url, trust: .configured))?.kind == kind)
        }
        #expect(canary.record.connections == 0)
    }

    @Test func `credentials stay with the origin they are for`() async throws {
        let other = try ScriptedOrigin.answering { _ in ok("end") }
        defer { other.stop() }
        let origin = try ScriptedOrigin.answering { request in
            request.hasPrefix("GET /here ")
                ? answer("302 Found", fields: "Location: http://\(other.host)/\r\n")
                : answer("302 Found", fields: "Location: /here\r\n")
        }
        defer { origin.stop() }
        try await withClient({ $0.allowHosts = HostPattern(other.host).map { [$0] } ?? [] }) { client in
            let fields = [
                UpstreamField("Authorization", "Bearer s3cret"), UpstreamField("X-Key", "s3cret"),
                UpstreamField("Accept", "application/json"),
            ]
            let request = UpstreamRequest(origin.url, trust: .configured, fields: fields)
            let body = try await client.fetch(request).body
            #expect(body == Array("end".utf8))
        }
        #expect(origin.record.requests.allSatisfy { $0.contains("Bearer s3cret") })
        let received = try #require(other.record.requests.first)
        #expect(!received.contains("s3cret"))
        #expect(received.contains("Accept: application/json"))
    }
}
