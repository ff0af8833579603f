import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

/// A collector is an origin that takes what comes; a span is what OTLP's JSON says of it.
@Suite("Traces", .timeLimit(.minutes(2))) struct TracingScenarios {
    private static let client = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test func `are continued from the client through the flight to each upstream`() async throws {
        try await traced { scene, collector in
            let answer = try await scene.get(scene.path("Orchard", 1), "traceparent: \(Self.client)")
            #expect(answer.status == 200)
            let spans = try await collector.spans(4)
            #expect(spans.allSatisfy { $0.trace == Self.trace })
            let request = try #require(spans.first { $0.name == "GET token" })
            #expect(request.parent == "b7ad6b7169203331")
            #expect(request.kind == 2)
            #expect(request["http.response.status_code"] == "200")
            #expect(request["mintcache.tier"] == "upstream")
            let flight = try #require(spans.first { $0.name == "flight" })
            #expect(flight.parent == request.span)
            #expect(flight["mintcache.outcome"] == "fetched-document")
            let calls = spans.filter { $0.parent == flight.span }
            #expect(Set(calls.map(\.name)).isSuperset(of: ["source", "rpc", "document"]))
            for call in calls where call.kind == 3 {
                #expect(call["http.response.status_code"] == "200")
                #expect(call["server.address"]?.hasPrefix("127.0.0.1:") == true)
            }
            for span in spans {
                #expect(span.start <= span.end)
                #expect(span.start >= request.start && span.end <= request.end + 1_000_000_000)
            }
        }
    }

    @Test func `of a hit in memory are one span`() async throws {
        try await traced { scene, collector in
            _ = try await scene.get(scene.path("Orchard", 1))
            _ = try await scene.get(scene.path("Orchard", 1), "traceparent: \(Self.client)")
            let spans = try await collector.spans(1)
            #expect(spans.map(\.name) == ["GET token"])
            #expect(spans.first?["mintcache.tier"] == "memory")
        }
    }

    @Test func `that a client does not keep are not kept here, and neither are malformed ones`() async throws {
        try await traced { scene, collector in
            _ = try await scene.get(scene.path("Orchard", 1), "traceparent: \(Self.client.dropLast(2))00")
            _ = try await scene.get(scene.path("Orchard", 1), "traceparent: 00-nonsense")
            _ = try await scene.get(scene.path("Orchard", 1), "traceparent: \(Self.client)")
            #expect(try await collector.spans(1).count == 1)
        }
    }

    @Test func `begin here as often as the configuration says`() async throws {
        try await traced(sample: "100%") { scene, collector in
            for _ in 0..<3 { _ = try await scene.get("/healthz") }
            let spans = try await collector.spans(3)
            #expect(Set(spans.map(\.trace)).count == 3)
            #expect(spans.allSatisfy { $0.parent == nil && $0.name == "GET probe" })
        }
    }

    @Test func `are joined no more often than the configuration says, whoever asks for it`() async throws {
        try await traced(sample: "100%", join: "0%") { scene, collector in
            _ = try await scene.get("/healthz", "traceparent: \(Self.client)")
            _ = try await scene.get("/healthz")
            let spans = try await collector.spans(1)
            #expect(spans.allSatisfy { $0.trace != Self.trace })
        }
    }

    @Test func `show no key that stands in a path`() async throws {
        try await traced(sample: "100%") { scene, collector in
            _ = try await scene.get("/alchemy/demo/nft/v3/secret-key/nonsense")
            _ = try await collector.spans(1)
            #expect(collector.origin.requests.allSatisfy { !$0.text.contains("secret-key") })
        }
    }

    @Test func `go on in the origin of a route`() async throws {
        let time = TimeSource()
        let origin = try await ScriptedOrigin(time: time)
        origin.always(200, ["Cache-Control: no-store"], "hello")
        let route = "routes: [{ name: shop, path: /shop/, upstream: \"http://127.0.0.1:\(origin.port)/\" }]"
        try await traced(sections: [route]) { scene, collector in
            _ = try await scene.get("/shop/1", "traceparent: \(Self.client)", "tracestate: vendor=1")
            let request = try #require(try await collector.spans(1).first)
            let received = try #require(origin.lastRequest)
            #expect(received.values("traceparent") == ["00-\(Self.trace)-\(request.span)-01"])
            #expect(received["tracestate"] == "vendor=1")
        }
        await origin.stop()
    }

    @Test func `stay the same when the configuration is read anew before the answer`() async throws {
        let origin = try await ScriptedOrigin(time: TimeSource())
        let gate = Gate()
        origin.always { _ in Reply(steps: [.wait(gate)] + Reply(200, ["Cache-Control: no-store"], "hello").steps) }
        let route = "routes: [{ name: shop, path: /shop/, upstream: \"http://127.0.0.1:\(origin.port)/\" }]"
        try await traced(sample: "100%", sections: [route]) { scene, collector in
            async let answer = scene.get("/shop/1")
            let received = try #require(try await origin.received(1).first)
            #expect(try await scene.admin("POST", "/admin/reload").status == 200)
            gate.open()
            #expect(try await answer.status == 200)
            let request = try #require(try await collector.spans(1).first { $0.name == "GET route" })
            #expect(received.values("traceparent") == ["00-\(request.trace)-\(request.span)-01"])
        }
        await origin.stop()
    }

    @Test func `are sent with the fields that the collector wants, and tell who sends them`() async throws {
        try await traced(sample: "100%") { scene, collector in
            _ = try await scene.get("/healthz")
            _ = try await collector.spans(1)
            let request = try #require(collector.origin.requests.first)
            #expect(request.method == "POST" && request.target == "/v1/traces")
            #expect(request["content-type"] == "application/json")
            #expect(request["x-api-key"] == "collector-secret")
            let resource = try Collector.attributes(try collector.resource(of: request)["attributes"])
            #expect(resource["service.name"] == "mintcache")
            #expect(resource["service.instance.id"] == "scene")
            #expect(resource["deployment.environment.name"] == "testing")
            let shown = try await scene.admin("GET", "/admin/config").text
            #expect(!shown.contains("collector-secret"))
        }
    }

    @Test func `that no collector takes are counted, and hold up nobody`() async throws {
        try await traced(sample: "100%") { scene, collector in
            await collector.origin.vanish()
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
            try await eventually("they are counted as lost") {
                let metrics = try await scene.admin("GET", "/metrics").text
                return metrics.contains("mintcache_spans_total{result=\"dropped\"} ")
                    && !metrics.contains("mintcache_spans_total{result=\"dropped\"} 0\n")
            }
        }
    }

    private func traced(
        sample: String = "0%", join: String = "100%", sections: [String] = [],
        _ scenario: (Scene, Collector) async throws -> Void
    ) async throws {
        let collector = Collector(origin: try await ScriptedOrigin(time: TimeSource()))
        collector.origin.always(200, ["Content-Type: application/json"], "{}")
        var options = Scene.Options()
        options.sections =
            sections + [
                """
                telemetry:
                  environment: testing
                  traces:
                    url: "http://127.0.0.1:\(collector.origin.port)/v1/traces"
                    headers: { x-api-key: "collector-secret" }
                    sample: \(sample)
                    join: \(join)
                """
            ]
        try await Scene.play(options) { try await scenario($0, collector) }
        await collector.origin.stop()
    }
}
