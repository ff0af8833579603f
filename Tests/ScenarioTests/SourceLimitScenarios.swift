import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A provider that costs money", .timeLimit(.minutes(2))) struct SourceLimitScenarios {
    @Test func `is never asked more often than its budget allows, not even after a reload`() async throws {
        let options = SampleSources.options(SampleSources.alchemy(", budget: 3/d"))
        try await Scene.play(options) { scene in
            for token in 1...3 as ClosedRange<UInt64> {
                #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
            }
            let refused = try await scene.get(scene.path("Orchard", 4))
            #expect(refused.status == 502)
            #expect(refused.text.contains("\"outcome\":\"budget\"") && refused.text.contains("\"retryable\":true"))
            #expect(try await scene.admin("POST", "/admin/reload").status == 200)
            #expect(try await scene.get(scene.path("Orchard", 5)).status == 502)
            #expect(scene.upstream.counters.providerRequests == 3)
            let state = try await scene.source("alchemy")
            #expect(state?["requests"]?.integer == 3 && state?["skipped"]?.integer == 2)
            let limit = state?["budget"]?.elements.first { _ in true }
            #expect(limit?["limit"]?.string == "3/d" && limit?["used"]?.integer == 3)
            #expect(state?["healthy"]?.boolean == true)
        }
    }

    @Test func `over budget gives way to the next`() async throws {
        let options = SampleSources.options(SampleSources.alchemy(", budget: 1/h"), SampleSources.moralis())
        try await Scene.play(options) { scene in
            try await scene.expect("source", of: scene.path("Orchard", 1), is: "alchemy")
            try await scene.expect("source", of: scene.path("Orchard", 2), is: "moralis")
        }
    }

    @Test func `is asked once for each token, whatever it answers`() async throws {
        let options = SampleSources.options(SampleSources.alchemy())
        try await Scene.play(options) { scene in
            scene.fails("/alchemy", status: 500)
            let answer = try await scene.get(scene.path("Orchard", 1))
            #expect(answer.status == 502)
            #expect(scene.upstream.counters.providerRequests == 1)
        }
    }

    @Test func `that refuses its key is left alone after a few attempts, and that can be seen`() async throws {
        let options = SampleSources.options("onchain", SampleSources.moralis(key: "a-wrong-key"))
        try await Scene.play(options) { scene in
            scene.fails("/rpc", status: 500)
            for token in 1...20 as ClosedRange<UInt64> {
                #expect(try await scene.get(scene.path("Orchard", token)).status == 502)
            }
            #expect(scene.upstream.counters.providerRequests == 5)
            let state = try await scene.source("moralis")
            #expect(state?["healthy"]?.boolean == false && state?["last_failure"]?.string == "status-401")
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_source_healthy{source=\"moralis\"} 0\n"))
            #expect(metrics.contains("mintcache_source_healthy{source=\"onchain\"} 1\n"))
            #expect(metrics.contains("mintcache_source_requests_total{source=\"moralis\"} 5\n"))
            #expect(metrics.contains("mintcache_source_skipped_total{source=\"moralis\"} 15\n"))
            #expect(metrics.contains("mintcache_source_failures_total{source=\"onchain\"} 20\n"))
        }
    }
}

@Suite("A provider's key", .timeLimit(.minutes(2))) struct SourceSecretScenarios {
    /// Everything that anybody may see, after sources have answered, failed, and repeated their key.
    @Test func `E-176 is in no answer, no log, no statistics and no store`() async throws {
        let secrets = [SampleSources.key, "a-wrong-key-of-mine"]
        let folder = try TemporaryDirectory()
        let log = "\(folder.path)/log"
        var options = SampleSources.options(
            SampleSources.moralis(key: "a-wrong-key-of-mine", ", name: broken"), SampleSources.alchemy(),
            SampleSources.opensea(), SampleSources.catalog())
        options.logLevel = "debug"
        options.log = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(options.log) }
        try await Scene.play(options) { scene in
            var seen: [String] = []
            // Moralis's stand-in repeats the wrong key in its refusal; this one repeats the right key in a document.
            var echo = Fault(.path(prefix: "/alchemy"), times: 1)
            echo.body = Array(#"{"raw":{"metadata":{"name":"\#(SampleSources.key)"}}}"#.utf8)
            scene.upstream.setFault(echo)
            for token in 1...8 as ClosedRange<UInt64> {
                seen.append(try await scene.get(scene.path("Orchard", token)).text)
            }
            #expect(seen[0].contains("\"source\":\"opensea\""))
            for status in [401, 429, 500] {
                for path in ["/alchemy", "/opensea", "/catalog"] { scene.fails(path, status: status, times: 4) }
                for token in 1...4 as ClosedRange<UInt64> {
                    seen.append(try await scene.get(scene.path("Grove", UInt64(status) + token)).text)
                }
                scene.upstream.clearFaults()
            }
            #expect(seen.contains { $0.contains("attempts") })
            for path in ["/admin/stats", "/metrics", "/admin/config"] {
                seen.append(try await scene.admin("GET", path).text)
            }
            await scene.proxy.stop()
            let files = try FileManager.default.contentsOfDirectory(atPath: scene.folder.path)
            #expect(files.contains { $0.hasSuffix(".db") })
            for file in files {
                let bytes = FileManager.default.contents(atPath: "\(scene.folder.path)/\(file)") ?? Data()
                seen.append(String(decoding: bytes, as: UTF8.self))
            }
            let lines = try String(contentsOfFile: log, encoding: .utf8)
            #expect(lines.contains("a source is left alone for a while"))
            for (index, text) in (seen + [lines]).enumerated() {
                for secret in secrets { #expect(!text.contains(secret), "text \(index)") }
            }
        }
    }
}

@Suite("The archive among the sources", .timeLimit(.minutes(2))) struct ArchiveSourceScenarios {
    private static let year = Duration.seconds(365 * 86_400)

    @Test func `stands in past stale_if_error, as stale, and is replaced when the others are back`() async throws {
        try await Scene.play(SampleSources.options("onchain", "archive")) { scene in
            let path = scene.path("Lantern", 1)
            let first = try await scene.object(path)
            scene.time.advance(by: Self.year)
            scene.fails("/rpc", status: 500)
            let old = try await scene.get(path)
            #expect(old.status == 200)
            let object = try JSONDocument(validating: old.body).root
            #expect(object["stale"]?.boolean == true && object["source"]?.string == "onchain")
            #expect(object["fetched_at"]?.string == first["fetched_at"]?.string)
            #expect(old["Cache-Status"]?.contains("detail=archive") == true)
            scene.upstream.clearFaults()
            scene.time.advance(by: .seconds(11))
            try await eventually("the contract is asked again") {
                try await scene.object(path)["stale"]?.boolean == false
            }
        }
    }

    @Test func `without it nothing stands in that long`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1)
            _ = try await scene.get(path)
            scene.time.advance(by: Self.year)
            scene.fails("/rpc", status: 500)
            #expect(try await scene.get(path).status == 502)
        }
    }

    @Test func `put first it keeps what is stored from being fetched again, but for a refresh`() async throws {
        try await Scene.play(SampleSources.options("archive", "onchain")) { scene in
            let path = scene.path("Lantern", 1)
            _ = try await scene.get(path)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
            scene.time.advance(by: Self.year)
            for _ in 0..<3 {
                let answer = try await scene.get(path)
                #expect(answer.status == 200 && answer.text.contains("\"stale\":true"))
                scene.time.advance(by: .seconds(30))
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
            let body =
                "{\"tokens\":[{\"chain\":\"demo\",\"contract\":\"\(scene.contract("Lantern").lowercase)\",\"token_id\":\"1\"}],\"refresh\":true}"
            #expect(try await scene.admin("POST", "/admin/warm", body: body).status == 202)
            try await eventually("the contract is asked") {
                try await scene.object(path)["stale"]?.boolean == false
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
        }
    }
}

@Suite("A collection's gateway", .timeLimit(.minutes(2))) struct CollectionGatewayScenarios {
    @Test func `is asked before all others, for its collection alone, and they when it fails`() async throws {
        let orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
        // A path that only this gateway has; the sample upstream knows nothing there.
        let section = "collections: [{ chain: demo, contract: \"\(orchard)\", gateway: \"{upstream}/own\" }]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            for collection in ["Orchard", "Grove"] {
                let answer = try await scene.get(scene.path(collection, 1))
                #expect(answer.status == 200)
            }
            let own = scene.upstream.counters.paths.filter { $0.key.hasPrefix("/own/ipfs/") }
            #expect(own.values.reduce(0, +) == 1)
            #expect(scene.upstream.counters.ipfsRequests == 2)
        }
    }
}
