import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Content from gateways of every temper", .timeLimit(.minutes(2))) struct SampleGatewayScenarios {
    private static let notice = SampleUpstream.notice
    /// In the spelling in which gateways are asked.
    private static let folder = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"

    @Test(arguments: GatewayTemper.allCases)
    func `comes from an honest one, whatever another does`(temper: GatewayTemper) async throws {
        try await Scene.play(Scene.Options(gateways: ["/\(temper.rawValue)", ""])) { scene in
            for _ in 0..<2 {
                let answer = try await scene.get(Self.notice.path)
                #expect(answer.status == 200 && answer.text == Self.notice.text)
                #expect(answer["Mintcache-Verified"] == "yes")
            }
            let token = try await scene.get(scene.path("Orchard", 1))
            #expect(try token.json["name"]?.string == "Orchard #1" || temper == .liar, "a document is not checked")
        }
    }

    @Test(arguments: [
        (GatewayTemper.liar, 502, "upstream-failed"), (.lister, 404, "content-not-found"),
        (.withholder, 451, "content-withheld"),
    ])
    func `is not there when all are so`(temper: GatewayTemper, status: Int, slug: String) async throws {
        try await Scene.play(Scene.Options(gateways: ["/\(temper.rawValue)"])) { scene in
            let answer = try await scene.get(Self.notice.path)
            #expect(answer.status == status && answer.text.contains(slug))
            #expect(!answer.text.contains("a lie") && !answer.text.contains("Index of"))
        }
    }

    @Test func `is withheld when one withholds it and the other lists a directory`() async throws {
        try await Scene.play(Scene.Options(gateways: ["/lister", "/withholder"])) { scene in
            let answer = try await scene.get(Self.notice.path)
            #expect(answer.status == 451)
        }
    }

    @Test func `is served by a second instance from Redis`() async throws {
        let redis = try await RedisServer.start()
        var options = Scene.Options()
        options.redis = redis.url
        try await Scene.play(options) { scene in
            let first = try await scene.get(Self.notice.path)
            #expect(first["Cache-Status"]?.contains("fwd=uri-miss") == true)
            let second = try await scene.another(options)
            try await eventually("it is in Redis") {
                let answer = try await scene.get(Self.notice.path, "Cache-Control: only-if-cached", from: second)
                return answer.status == 200 && answer["Cache-Status"]?.hasSuffix("detail=redis") == true
            }
            let answer = try await scene.get(Self.notice.path, from: second)
            #expect(answer.text == Self.notice.text && answer["Mintcache-Verified"] == "yes")
            #expect(scene.upstream.counters.ipfsRequests == 1)
            await second.stop()
        }
        try await redis.stop()
    }

    @Test func `of 100 MB passes through in a few`() async throws {
        let size = 100_000_000
        try await Stage.play { stage in
            var large = Fault(.path(prefix: "/ipfs/\(Self.folder)/large"))
            large.body = [UInt8](repeating: 46, count: size)
            large.contentType = "video/mp4"
            stage.upstream.setFault(large)
            let daemon = try await stage.daemon()
            for _ in 0..<5 { _ = try await stage.status(Self.notice.path, on: daemon) }
            let memory = try ProcessMemoryFigure(daemon.process.identifier)
            let client = try await SceneClient.open(to: daemon.address.port, on: stage.loop, keptBytes: 0)
            let answer = try await client.request("GET", "/ipfs/\(Self.folder)/large")
            #expect(answer.isComplete && answer.bodyLength == size)
            let growth = try memory.growth
            #expect(growth < 12 * 1024, "KiB")
            await client.close()
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
        }
    }
}
