import Foundation
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Metrics", .timeLimit(.minutes(2))) struct MetricsScenarios {
    private static let reference = "\(Repository.root)/docs/metrics.md"

    @Test func `are described in docs/metrics md as the code has them`() throws {
        let page = try String(contentsOfFile: Self.reference, encoding: .utf8)
        #expect(page == MetricsReference.markdown, "to renew it: mintcache metrics > docs/metrics.md")
    }

    @Test func `of a running proxy are all in the reference`() async throws {
        let redis = try await RedisServer.start()
        let page = try String(contentsOfFile: Self.reference, encoding: .utf8)
        var options = Scene.Options(redis: redis.url)
        options.sections = ["sources: [onchain, archive]"]
        try await Scene.play(options) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let text = try await scene.admin("GET", "/metrics").text
            let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            let names = types.map { $0.split(separator: " ")[2] }
            #expect(names.contains("mintcache_outbox_oldest_seconds"))
            #expect(Set(names).count == names.count)
            for name in names { #expect(page.contains("| `\(name)` |"), "\(name)") }
        }
        try await redis.stop()
    }

    private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: promtool != nil, "promtool is not here: scripts/setup.sh lint installs it"))
    func `of a running proxy are as Prometheus's own checker wants them`() async throws {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let file = try scene.folder.write(try await scene.admin("GET", "/metrics").text, to: "metrics")
            let promtool = try #require(Self.promtool)
            // It complains on its standard error, and for some things by its exit code.
            let command = "exec \"$0\" check metrics < \"$1\""
            let check = try ChildProcess(.init("/bin/sh", ["-c", command, promtool, file]))
            #expect(try await check.wait(within: .seconds(30)) == .code(0))
            #expect(check.standardError == "")
        }
        try await redis.stop()
    }

    @Test func `tell how long each tier takes, to Prometheus and in the statistics`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            for _ in 0..<3 { _ = try await scene.get(scene.path("Orchard", 1)) }
            _ = try await scene.get("/v1/nowhere/0x0/1")
            let metrics = try await scene.admin("GET", "/metrics").text
            for (tier, count) in [("memory", 3), ("redis", 0), ("archive", 0), ("upstream", 1), ("none", 1)] {
                let line = "mintcache_http_request_duration_seconds_count{tier=\"\(tier)\"} \(count)\n"
                #expect(metrics.contains(line), "\(tier)")
            }
            let stats = try JSONDocument(validating: try await scene.admin("GET", "/admin/stats").body).root
            #expect(stats["latency"]?["memory"]?["count"]?.integer == 3)
            #expect(stats["latency"]?["upstream"]?["p99_ms"] != nil)
        }
    }

    @Test func `tell whether the last reload took effect`() async throws {
        try await Stage.play { stage in
            let daemon = try await stage.daemon()
            let name = "mintcache_config_last_reload_successful"
            #expect(try await stage.metrics(of: daemon).contains("\(name) 1\n"))
            let text = try String(contentsOfFile: daemon.configuration, encoding: .utf8)
            try (text + "\nsurprise: true\n").write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("the reload has failed") {
                try await stage.metrics(of: daemon).contains("\(name) 0\n")
            }
            try text.write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("the reload has succeeded") {
                try await stage.metrics(of: daemon).contains("\(name) 1\n")
            }
        }
    }
}
