import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token asked for as of OpenSea", .timeLimit(.minutes(2))) struct OpenSeaScenarios {
    @Test func `comes from the cache that the token's own route fills, in their shape`() async throws {
        try await Scene.play { scene in
            let own = try await scene.get(scene.path("Orchard", 7))
            let answer = try await scene.get(scene.openSea("Orchard", "0x7"), "X-API-KEY: anything")
            #expect(answer.status == 200)
            #expect(answer["Cache-Status"]?.hasSuffix("; detail=memory") == true)
            let nft = try #require(try answer.json["nft"])
            #expect(nft["identifier"]?.string == "7")
            #expect(nft["contract"]?.string == scene.contract("Orchard").lowercase)
            #expect(nft["token_standard"]?.string == "erc721")
            #expect(try nft["image_url"]?.string == own.json["image"]?.string)
            #expect(try nft["metadata_url"]?.string == own.json["token_uri"]?.string)
            #expect(nft["opensea_url"]?.isNull == true)
            let height = try #require(nft["traits"]).elements.first { $0["trait_type"]?.string == "Height" }
            #expect(height?["display_type"]?.string == "number")
            let tag = try #require(answer["ETag"])
            #expect(try await scene.get(scene.openSea("Orchard", "7"), "If-None-Match: \(tag)").status == 304)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test(arguments: [
        ("chain/demo/contract/0x12/nfts/1", 400, "invalid contract: "),
        ("chain/demo/contract/0x0000000000000000000000000000000000000001/nfts/one", 400, "invalid token id: "),
        ("chain/nowhere/contract/0x0000000000000000000000000000000000000001/nfts/1", 400, "There is no chain"),
        ("collections/orchard", 404, "Served here is"),
        ("chain/demo/contract/0x0000000000000000000000000000000000000001/nfts/1/refresh", 405, "Allowed here: POST"),
    ]) func `asked for wrongly is refused in their shape`(path: String, status: Int, message: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.get("/opensea/api/v2/\(path)")
            #expect(answer.status == status)
            let first = try #require(try answer.json["errors"]).elements.map { $0.string ?? "" }.first
            #expect(first?.hasPrefix(message) == true, "\(answer.text)")
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `that does not exist is 404, one with unusable metadata is there with nulls`() async throws {
        try await Scene.play { scene in
            let missing = try await scene.get(scene.openSea("Ember", String(EmberCase.nonexistent.rawValue)))
            #expect(missing.status == 404)
            #expect(missing.text.hasPrefix(#"{"errors":["NFT not found: "#))
            let broken = try await scene.get(scene.openSea("Ember", String(EmberCase.htmlPage.rawValue)))
            #expect(broken.status == 200)
            #expect(broken["Cache-Control"] == "no-store")
            #expect(try broken.json["nft"]?["name"]?.isNull == true)
            #expect(try broken.json["nft"]?["metadata_url"]?.string?.contains("/web/ember/") == true)
        }
    }

    @Test func `whose source fails is an error that may be asked again`() async throws {
        try await Scene.play { scene in
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            let answer = try await scene.get(scene.openSea("Orchard", "1"))
            #expect(answer.status == 502)
            #expect(try answer.json["errors"]?.kind == .array)
            #expect(answer["Cache-Control"] == "no-store")
        }
    }

    @Test func `is refreshed behind, once per cool-down`() async throws {
        try await Scene.play { scene in
            let client = try await scene.client()
            let target = scene.openSea("Orchard", "1", "/refresh")
            let first = try await client.request("POST", target, fields: ["Content-Type: application/json"], body: "{}")
            #expect(first.status == 200)
            #expect(try first.json.kind == .string)
            // The connection goes on: the body was taken.
            let second = try await client.request("POST", target)
            #expect(second.status == 429)
            #expect(second["Retry-After"] == "60")
            #expect(try second.json["errors"]?.kind == .array)
            try await eventually("the token is fetched") { scene.upstream.counters.totalTokenURICalls == 1 }
            await client.close()
        }
    }
}
