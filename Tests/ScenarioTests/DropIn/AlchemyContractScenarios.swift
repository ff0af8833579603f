import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A contract asked for as of Alchemy", .timeLimit(.minutes(2))) struct AlchemyContractScenarios {
    @Test func `comes from the cache that its own route fills, in their shape`() async throws {
        try await Scene.play { scene in
            let own = try await scene.get("/v1/demo/\(scene.contract("Orchard").lowercase)")
            let requests = scene.upstream.counters.requests
            let answer = try await scene.get(scene.alchemy("getContractMetadata", "Orchard"))
            #expect(answer.status == 200)
            #expect(answer["Cache-Control"]?.hasPrefix("public, ") == true)
            let (ours, theirs) = (try own.json, try answer.json)
            #expect(theirs["address"]?.string == ours["contract"]?.string)
            #expect(theirs["name"]?.string == "Orchard")
            #expect(theirs["symbol"]?.string == "ORCH")
            #expect(theirs["totalSupply"]?.string == "10000")
            #expect(theirs["tokenType"]?.string == "ERC721")
            #expect(theirs["contractDeployer"]?.isNull == true)
            let openSea = try #require(theirs["openSeaMetadata"])
            #expect(openSea["description"]?.string == "10000 generated trees.")
            #expect(openSea["imageUrl"]?.string == ours["image"]?.string)
            #expect(openSea["externalUrl"]?.string == "https://orchard.example")
            #expect(openSea["floorPrice"]?.isNull == true)
            #expect(scene.upstream.counters.requests == requests)
            let tag = try #require(answer["ETag"])
            let again = try await scene.get(
                scene.alchemy("getContractMetadata", "Orchard"), "If-None-Match: \(tag)")
            #expect(again.status == 304)
        }
    }

    @Test func `is told beside its token when that had to be fetched`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "1"))
            let contract = try #require(try answer.json["contract"])
            #expect(contract["name"]?.string == "Orchard")
            #expect(contract["isSpam"]?.isNull == true)
            #expect(try answer.json["collection"]?["name"]?.string == "Orchard")
            #expect(answer["Cache-Control"]?.hasPrefix("public, max-age=60, ") == true)
        }
    }

    @Test func `is waited for by no token that is held, and told as soon as it is known`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let target = scene.alchemy("getNFTMetadata", "Orchard", "1")
            let first = try await scene.get(target)
            #expect(try first.json["contract"]?["name"]?.isNull == true)
            #expect(try first.json["name"]?.string == "Orchard #1")
            // Whoever keeps it asks again before using it.
            #expect(first["Cache-Control"]?.hasPrefix("public, max-age=0, s-maxage=0, ") == true)
            try await eventually("the contract is known") {
                try await scene.get(target).json["contract"]?["name"]?.string == "Orchard"
            }
            #expect(try await scene.get(target)["ETag"] != first["ETag"])
        }
    }

    @Test func `that does not answer holds up no token that is held`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            var hanging = Fault(.rpc)
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            for _ in 0..<3 {
                let answer = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "1"))
                #expect(try answer.alchemyError == nil)
                #expect(try answer.json["contract"]?["name"]?.isNull == true)
            }
        }
    }

    @Test func `that is none is said to be of no standard, one that cannot be asked is an error`() async throws {
        try await Scene.play { scene in
            let address = "0x0000000000000000000000000000000000000001"
            let target = "/alchemy/demo/nft/v3/k/getContractMetadata?contractAddress=\(address)"
            let nothing = try await scene.get(target)
            #expect(nothing.status == 200)
            #expect(try nothing.json["tokenType"]?.string == "NO_SUPPORTED_NFT_STANDARD")
            #expect(try nothing.json["name"]?.isNull == true)
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            let failed = try await scene.get(scene.alchemy("getContractMetadata", "Orchard"))
            #expect(failed.status == 502)
            #expect(failed["Cache-Control"] == "no-store")
            #expect(try failed.json["error"]?["message"]?.string?.isEmpty == false)
        }
    }
}
