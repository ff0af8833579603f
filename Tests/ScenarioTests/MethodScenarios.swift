import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A method", .timeLimit(.minutes(2))) struct MethodScenarios {
    /// Paths and the methods of each.
    private func publicPaths(_ scene: Scene) -> [(String, String)] {
        let contract = scene.contract("Orchard").lowercase
        let reading = "GET, HEAD, OPTIONS", writing = "POST, OPTIONS"
        return [
            ("/healthz", reading), ("/readyz", reading), (scene.path("Orchard", 1), reading),
            (scene.path("Orchard", 1, "/image"), reading), (scene.path("Orchard", 1, "/refresh"), writing),
            ("/v1/demo/\(contract)", reading), ("/v1/assets/\(scene.asset("Orchard", 1))", reading),
            ("/v1/batch", writing), ("/ipfs/bafkreifjbbals7sswq67fhgfwrkletja2pcgcs2rf3b24h55w7cazb44aq", reading),
            ("/alchemy/demo/nft/v3/key/getNFTMetadataBatch", writing),
            ("/opensea/api/v2/chain/demo/contract/\(contract)/nfts/1", reading),
        ]
    }

    private func adminPaths(_ scene: Scene) -> [(String, String)] {
        let token = scene.path("Orchard", 1).dropFirst("/v1/".count)
        let reading = "GET, HEAD, OPTIONS", writing = "POST, OPTIONS"
        return [
            ("/healthz", reading), ("/metrics", reading), ("/admin/stats", reading), ("/admin/config", reading),
            ("/admin/entries/\(token)", reading), ("/admin/explain/\(token)", reading), ("/admin/reload", writing),
            ("/admin/purge", writing), ("/admin/refresh", writing), ("/admin/warm", "GET, HEAD, POST, OPTIONS"),
            ("/admin/warm/0123456789abcdef", "GET, HEAD, DELETE, OPTIONS"),
            ("/admin/warm/0123456789abcdef/events", reading), ("/admin/warm/0123456789abcdef/retry", writing),
            ("/admin/debug", "GET, HEAD, POST, OPTIONS"), ("/admin/errors", reading),
            ("/admin/sessions/\(scene.contract("Orchard").lowercase)", "DELETE, OPTIONS"),
            ("/admin/tokens/\(token)", reading), ("/", reading), ("/dashboard/main.js", reading),
        ]
    }

    @Test(arguments: ["PATCH", "TRACE", "BREW"])
    func `that a public path does not have is refused with those that it has`(method: String) async throws {
        try await Scene.play { scene in
            for (path, methods) in publicPaths(scene) {
                let client = try await scene.client()
                let refused = try await client.request(method, path)
                #expect(refused.status == 405 && refused["Allow"] == methods, "\(method) \(path)")
                let asked = try await client.request("OPTIONS", path)
                #expect(asked.status == 204 && asked["Allow"] == methods, "OPTIONS \(path)")
            }
        }
    }

    @Test(arguments: ["PATCH", "TRACE", "BREW"])
    func `that a path of the admin API does not have is refused with those that it has`(method: String) async throws {
        try await Scene.play { scene in
            for (path, methods) in adminPaths(scene) {
                let refused = try await scene.admin(method, path)
                #expect(refused.status == 405 && refused["Allow"] == methods, "\(method) \(path)")
                let asked = try await scene.admin("OPTIONS", path)
                #expect(asked.status == 204 && asked["Allow"] == methods, "OPTIONS \(path)")
            }
        }
    }

    @Test func `HEAD is answered by the admin API as GET is, without the body`() async throws {
        try await Scene.play { scene in
            for (path, methods) in adminPaths(scene) where methods.hasPrefix("GET") {
                let whole = try await scene.admin("GET", path)
                let head = try await scene.admin("HEAD", path)
                #expect(head.status == whole.status, "\(path)")
                #expect(head["Content-Type"] == whole["Content-Type"], "\(path)")
                #expect(head.body.isEmpty && head["Content-Length"] != "0", "\(path)")
            }
        }
    }
}

@Suite("A request to the admin API", .timeLimit(.minutes(2))) struct AdminRequestScenarios {
    @Test func `may spell its path with percent-encoding`() async throws {
        try await Scene.play { scene in
            let contract = scene.contract("Orchard").lowercase
            for path in ["eip155%3A1337/\(contract)/1", "d%65mo/\(contract)/%31"] {
                let answer = try await scene.admin("GET", "/admin/entries/\(path)")
                #expect(answer.status == 200, "\(path)")
            }
            for path in ["demo%2F\(contract)/1", "demo/%zz/1", "demo/%00/1"] {
                let answer = try await scene.admin("GET", "/admin/entries/\(path)")
                #expect(answer.status == 400 && answer.text.contains(":invalid-request"), "\(path)")
            }
        }
    }

    @Test func `to warm has its options inside a JSON body, and is refused with others, not done without them`()
        async throws
    {
        try await Scene.play { scene in
            let body = #"{"tokens":["\#(scene.asset("Orchard", 1))"]}"#
            let answer = try await scene.admin("POST", "/admin/warm?dry_run=true", body: body)
            #expect(answer.status == 400 && answer.text.contains(":invalid-request"))
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `with a body that cannot be read is told why`() async throws {
        var options = Scene.Options()
        options.server = ["timeouts: { body: 50ms }"]
        try await Scene.play(options) { scene in
            let bodies = [
                ("Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415, ":unsupported-media-type"),
                ("Content-Length: 10\r\n\r\nx", 408, ":request-timeout"),
                ("Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, ":invalid-request"),
                ("Content-Length: 99999999\r\n\r\n", 413, ":content-too-large"),
            ]
            for (rest, status, slug) in bodies {
                let connection = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
                await connection.send(
                    "POST /admin/purge HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(Scene.adminToken)\r\n" + rest)
                let answer = try await connection.answer()
                #expect(answer.status == status && answer.text.contains(slug), "\(rest)")
                await connection.close()
            }
        }
    }
}
