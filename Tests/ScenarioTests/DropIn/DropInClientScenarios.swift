import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Clients of providers' APIs", .timeLimit(.minutes(2))) struct DropInClientScenarios {
    /// What the provider's library sends with each call.
    private static let fields = [
        "Accept: application/json, text/plain, */*", "Accept-Encoding: gzip", "Origin: https://app.example",
        "Alchemy-Ethers-Sdk-Version: 3.4.1",
    ]

    @Test func `such as the provider's own library find all they need, in a browser too`() async throws {
        try await Scene.play { scene in
            let client = try await scene.client()
            let target = scene.alchemy("getNFTMetadata", "Bazaar", "3")
            let preflight = try await client.request(
                "OPTIONS", target,
                fields: [
                    "Origin: https://app.example", "Access-Control-Request-Method: GET",
                    "Access-Control-Request-Headers: alchemy-ethers-sdk-method,alchemy-ethers-sdk-version",
                ])
            #expect(preflight.status == 204)
            #expect(preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS")
            let allowed = preflight["Access-Control-Allow-Headers"]?.lowercased()
            for field in ["alchemy-ethers-sdk-version", "alchemy-ethers-sdk-method", "content-type", "x-api-key"] {
                #expect(allowed?.contains(field) == true, "\(field)")
            }
            // getNftMetadata, then refreshNftMetadata: two calls whose times of update it compares.
            var times: [String?] = []
            for parameter in ["", "&refreshCache=true"] {
                scene.time.advance(by: .seconds(1))
                let answer = try await client.request("GET", target + parameter, fields: Self.fields)
                #expect(answer.status == 200)
                #expect(answer["Access-Control-Allow-Origin"] == "*")
                #expect(answer["Content-Encoding"] == "gzip")
                let plain = try await client.request("GET", target)
                #expect(try plain.json["tokenType"]?.string == "ERC1155")
                times.append(try plain.json["timeLastUpdated"]?.string)
            }
            #expect(times[0] != times[1])
            let batch = try await client.request(
                "POST", Scene.batchPath, fields: Self.fields + ["Content-Type: application/json"],
                body: scene.batch("Bazaar", ["\"3\"", "\"4\""]))
            #expect(try batch.json["nfts"]?.elements.map { $0["tokenId"]?.string } == ["3", "4"])
            let contract = try await client.request("GET", scene.alchemy("getContractMetadata", "Bazaar"))
            #expect(try contract.json["address"]?.string == scene.contract("Bazaar").checksummed)
            #expect(try contract.json["openSeaMetadata"]?.kind == .object)
            await client.close()
        }
    }

    @Test func `need one of the keys where there are any`() async throws {
        let options = Scene.Options(sections: ["drop_in: { keys: [some-key, other-key] }"])
        try await Scene.play(options) { scene in
            let alchemy = scene.alchemy("getNFTMetadata", "Orchard", "1")
            #expect(try await scene.get(alchemy).status == 200)
            let wrong = try await scene.get(alchemy.replacing("some-key", with: "some-keys"))
            #expect(wrong.status == 401)
            #expect(wrong.text == #"{"error":{"message":"Must be authenticated!"}}"#)
            let openSea = scene.openSea("Orchard", "1")
            let right = try await scene.get(openSea, "x-api-key: other-key")
            #expect(right.status == 200)
            // A cache in front would give it to those without a key.
            #expect(right["Cache-Control"]?.hasPrefix("private, max-age=") == true)
            #expect(right["Cache-Control"]?.contains("s-maxage") == false)
            for fields in ["X-API-KEY: wrong", "Accept: */*"] {
                let refused = try await scene.get(openSea, fields)
                #expect(refused.status == 401)
                #expect(try refused.json["errors"]?.kind == .array)
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `share one copy whatever key they have`() async throws {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Orchard", "1")
            let first = try await scene.get(target)
            let second = try await scene.get(target.replacing("some-key", with: "another"))
            #expect(second["Cache-Status"]?.hasSuffix("; detail=memory") == true)
            #expect(second["ETag"] == first["ETag"])
        }
    }

    @Test func `do not find their keys in the log`() async throws {
        try await Scene.play { scene in
            let path = "\(scene.folder.path)/access.log"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            let loaded = try LoadedConfiguration.parse(
                Scene.yaml(Scene.Options(), scene.upstream, scene.folder), file: "log.yaml", environment: [:])
            var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
            environment.logSink = LogSink(descriptor: descriptor)
            let proxy = try await ProxyServer.start(loaded, in: environment)
            let call = scene.alchemy("getNFTMetadata", "Orchard", "1").replacing("some-key", with: "a-secret-key")
            _ = try await scene.get(call, from: proxy)
            _ = try await scene.get("/alchemy/eth-mainnet/v2/a-secret-key", from: proxy)
            _ = try await scene.get(scene.openSea("Orchard", "1"), "X-API-KEY: a-secret-key", from: proxy)
            var log = ""
            try await eventually("all three lines are written") {
                environment.logSink.flush()
                log = try String(contentsOfFile: path, encoding: .utf8)
                return log.split(separator: "\n").count { $0.contains("\"path\"") } == 3
            }
            await proxy.stop()
            close(descriptor)
            #expect(log.contains(#""path":"/alchemy/demo/nft/v3/***/getNFTMetadata""#))
            #expect(log.contains(#""path":"/alchemy/***""#))
            #expect(log.contains(#""path":"/opensea/api/v2/chain/demo/"#))
            #expect(!log.contains("a-secret-key"))
        }
    }

    @Test func `are told that there is nothing where the paths are switched off`() async throws {
        let options = Scene.Options(sections: ["drop_in: { alchemy: false, opensea: false }"])
        try await Scene.play(options) { scene in
            for target in [scene.alchemy("getNFTMetadata", "Orchard", "1"), scene.openSea("Orchard", "1")] {
                let answer = try await scene.get(target)
                #expect(answer.status == 404)
                #expect(answer.text.contains("unknown-route"))
            }
        }
    }

    @Test func `are told by OPTIONS the same methods as by a refusal`() async throws {
        try await Scene.play { scene in
            let targets = [
                scene.alchemy("getNFTMetadata", "Orchard", "1"), scene.alchemy("getContractMetadata", "Orchard"),
                Scene.batchPath, scene.alchemy("refreshNftMetadata", "Orchard", "1"), scene.openSea("Orchard", "1"),
                scene.openSea("Orchard", "1", "/refresh"),
            ]
            let client = try await scene.client()
            for target in targets {
                let options = try await client.request("OPTIONS", target)
                let refusal = try await client.request("DELETE", target)
                #expect(options.status == 204 && refusal.status == 405)
                #expect(options["Allow"] == refusal["Allow"] && options["Allow"]?.isEmpty == false, "\(target)")
            }
            await client.close()
        }
    }

    @Test func `reach the same resource by a path that encodes what needs no encoding`() async throws {
        try await Scene.play { scene in
            let alchemy = scene.alchemy("getNFTMetadata", "Orchard", "1")
            let spellings = [
                alchemy.replacing("/alchemy/", with: "/%61lchemy/"),
                alchemy.replacing("/nft/v3/", with: "/n%66t/v%33/"),
                alchemy.replacing("/getNFTMetadata", with: "/getNFT%4detadata"),
                scene.openSea("Orchard", "1").replacing("/opensea/api", with: "/open%73ea/%61pi"),
                scene.openSea("Orchard", "%31"),
            ]
            for spelling in spellings {
                let answer = try await scene.get(spelling)
                #expect(answer.status == 200, "\(spelling)")
            }
            let other = try await scene.get(alchemy.replacing("/alchemy/", with: "/alchemy%2F"))
            #expect(other.status == 400)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `that send no body where one is needed are told so`() async throws {
        try await Scene.play { scene in
            let refresh = scene.alchemy("refreshNftMetadata", "Orchard", "1").split(separator: "?")[0]
            let answer = try await scene.post(String(refresh), "")
            #expect(answer.status == 400)
            #expect(
                answer.text.contains("The body is empty; it must be a JSON object with contractAddress and tokenId."))
            #expect(
                try await scene.post(Scene.batchPath, "").text.contains("The body is empty; it must be a JSON object"))
        }
    }
}
