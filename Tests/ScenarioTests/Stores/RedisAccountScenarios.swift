import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Two proxies on a Redis with TLS and an account for them", .timeLimit(.minutes(3)), .serialized)
struct RedisAccountScenarios {
    private static let user = "user mintcache on >"

    /// The account as the documentation tells to make it, with another password.
    private static func account(password: String) throws -> String {
        let text = try String(contentsOfFile: "\(Repository.root)/docs/operations.md", encoding: .utf8)
        // Lines of an ACL file may not be broken, those of the documentation are.
        let joined = text.replacing("\\\n", with: "")
        let line = try #require(joined.split(separator: "\n").first { $0.hasPrefix(Self.user) })
        let words = line.split(separator: " ").map(String.init)
        return (["mintcache", "on", ">\(password)"] + words.dropFirst(4)).joined(separator: " ")
    }

    private static func server(password: String) async throws -> RedisServer {
        var options = RedisServer.Options()
        options.usesTLS = true
        options.password = "for-the-test-itself"
        options.users = [try account(password: password)]
        return try await RedisServer.start(options)
    }

    @Test func `do all their work with the commands that the documentation grants, and are refused none`() async throws
    {
        let server = try await Self.server(password: "s3cret")
        let authority = try #require(server.certificate).certificatePath
        try await server.command("CONFIG", "RESETSTAT")
        let url = "rediss://mintcache:s3cret@127.0.0.1:\(server.port)"
        let keys = ["timeout: 2s", "ca_file: \"\(authority)\""]
        try await StorePair.play(on: url, keys, hearingOn: server) { pair in
            try await pair.expectOneFetch(pair.scene.path("Orchard", 1))
            try await pair.expectCoherentPurge(of: 1...3)
            let token = try await pair.scene.get(pair.scene.path("Orchard", 1))
            let uri = try #require(JSONDocument(validating: token.body).root["token_uri"]?.string)
            let content = uri.replacing("ipfs://", with: "/ipfs/")
            #expect(try await pair.get(content).allSatisfy { $0.status == 200 })
            // A document that nobody has is a failure that the two remember together.
            var failing = Fault(.path(prefix: "/ipfs/"))
            failing.status = 500
            pair.scene.upstream.setFault(failing)
            #expect(try await pair.get(pair.scene.path("Orchard", 2)).allSatisfy { $0.status == 502 })
            pair.scene.upstream.clearFaults()
            try await pair.expectArchived("Orchard", [1])
            for proxy in pair.proxies {
                let metrics = try await pair.scene.admin("GET", "/metrics", on: proxy).text
                let denied = metrics.split(separator: "\n").first { $0.hasPrefix("mintcache_redis_denied_commands") }
                #expect(denied == "mintcache_redis_denied_commands_total 0")
            }
        }
        #expect(try await server.command("ACL", "LOG") == "")
        try await server.stop()
    }

    @Test func `serve without it when nobody vouches for its certificate, and tell it nothing`() async throws {
        let server = try await Self.server(password: "s3cret")
        let url = "rediss://mintcache:s3cret@127.0.0.1:\(server.port)"
        try await Scene.play(Scene.Options(redis: url)) { scene async throws in
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
            #expect(try await scene.get("/readyz").text.contains("\"redis\":\"up\"") == false)
            #expect(try await !server.command("CLIENT", "LIST").contains("user=mintcache"))
            #expect(try await server.command("KEYS", "*") == "")
        }
        try await server.stop()
    }
}
