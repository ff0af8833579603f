import EventLoops
import Testing

@testable import HTTPServing

@Suite("A request that is passed on")
struct PassedOnRequestTests {
    /// Answers with what a handler sees: method, target, framing, every field line, and the body.
    private static let mirror: ClosureHandler.Body = { _, _ in
        .deferred { exchange in
            Task(executorPreference: exchange.loop) {
                var seen: [UInt8] = []
                exchange.request.withHead { head in
                    seen += head.methodBytes
                    seen += Array(" ".utf8)
                    seen += head.target
                    seen += Array(" \(head.framing.contentLength ?? -1)\r\n".utf8)
                    head.forEachField { name, value in
                        seen += name
                        seen += Array(":".utf8)
                        seen += value
                        seen += Array("\r\n".utf8)
                    }
                }
                while let piece = try await exchange.nextBodyPiece() { seen += piece }
                exchange.respond(Response(status: 200, body: seen))
            }
        }
    }

    private func mirrored(_ request: [UInt8]) async throws -> [UInt8] {
        var seen: [UInt8] = []
        try await TestServer.with(Self.mirror) { server in
            let client = try server.client()
            try client.send(request)
            seen = try client.readAnswer().body
        }
        return seen
    }

    @Test(
        "may have any method with a body",
        arguments: ["M-SEARCH", "PROPFIND", "PUT", "DELETE", "PATCH", "OPTIONS", "post", "!#$%&'*+.^_`|~"])
    func methods(_ method: String) async throws {
        let request = "\(method) /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
        let seen = try await mirrored(Array(request.utf8))
        #expect(String(decoding: seen, as: UTF8.self) == "\(method) /a?b 3\r\nHost:a\r\nContent-Length:3\r\nxyz")
    }

    @Test(
        "has its target as the client wrote it",
        arguments: [
            ("OPTIONS", "*"), ("GET", "http://b.example:81/x?y=%2f#".dropLast().description), ("GET", "HTTPS://b"),
            ("GET", "//a//b/../c/./%7e%7E?a=b&&c?d"), ("GET", "/\"<>\\^`{|}"), ("DELETE", "/?"),
        ])
    func targets(_ method: String, _ target: String) async throws {
        let seen = try await mirrored(Array("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(String(decoding: seen, as: UTF8.self) == "\(method) \(target) 0\r\nHost:a\r\n")
    }

    @Test("has its field lines with their case, order and octets")
    func fields() async throws {
        let high = (0x80...0xFF).map { UInt8($0) }
        let lines = Array("hOsT:a\r\nX-B:1\r\nx-a:\t\"2\" ;  3\r\nX-B:\r\nX-Raw:\t".utf8) + high
        let request = Array("GET / HTTP/1.1\r\n".utf8) + lines + Array("\r\n\r\n".utf8)
        let expected = Array("GET / 0\r\nhOsT:a\r\nX-B:1\r\nx-a:\"2\" ;  3\r\nX-B:\r\nX-Raw:".utf8) + high
        #expect(try await mirrored(request) == expected + Array("\r\n".utf8))
    }

    @Test("in chunks has no length")
    func chunked() async throws {
        let request = "M-SEARCH / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        let seen = try await mirrored(Array(request.utf8))
        #expect(String(decoding: seen, as: UTF8.self) == "M-SEARCH / -1\r\nHost:a\r\nTransfer-Encoding:chunked\r\nx")
    }
}
