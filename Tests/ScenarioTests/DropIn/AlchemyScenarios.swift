import HTTPCaching
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token asked for as of Alchemy", .timeLimit(.minutes(2))) struct AlchemyScenarios {
    @Test func `comes from the cache that the token's own route fills, in their shape`() async throws {
        try await Scene.play { scene in
            let own = try await scene.get(scene.path("Orchard", 7))
            let answer = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "7"))
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer["Cache-Status"]?.hasSuffix("; detail=memory") == true)
            let (ours, theirs) = (try own.json, try answer.json)
            #expect(theirs["tokenId"]?.string == "7")
            #expect(theirs["tokenType"]?.string == "ERC721")
            #expect(theirs["contract"]?["address"]?.string == scene.contract("Orchard").checksummed)
            #expect(theirs["name"]?.string == ours["name"]?.string)
            #expect(theirs["image"]?["cachedUrl"]?.string == ours["image"]?.string)
            #expect(theirs["raw"]?["tokenUri"]?.string == ours["token_uri"]?.string)
            #expect(theirs["raw"]?["error"]?.isNull == true)
            #expect(theirs["tokenUri"]?.string?.hasPrefix(scene.upstream.baseURL + "/ipfs/") == true)
            let document = try #require(ours["metadata"]?.text)
            #expect(theirs["raw"]?["metadata"]?.text.elementsEqual(document) == true)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `is fetched once for all of a crowd, however its number is written`() async throws {
        try await Scene.play { scene in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    let token = number.isMultiple(of: 2) ? "26" : "0x1a"
                    group.addTask {
                        try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", token)).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `has an entity tag, may be compressed, and is not sent again when it is the same`() async throws {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Orchard", "1")
            let first = try await scene.get(target)
            let tag = try #require(first["ETag"])
            #expect(first["Vary"] == "Accept-Encoding")
            let again = try await scene.get(target, "If-None-Match: \(tag)")
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let small = try await scene.get(target, "Accept-Encoding: gzip")
            #expect(small["Content-Encoding"] == "gzip")
            #expect(small.body.count < first.body.count)
            let head = try await scene.client().request("HEAD", target)
            #expect(head.status == 200)
            #expect(head["Content-Length"] == String(first.body.count))
        }
    }

    @Test func `is told anew when its document is`() async throws {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Orchard", "1")
            let before = try await scene.get(target)
            scene.time.advance(by: .seconds(61))
            let after = try await scene.get(target)
            #expect(after.body == before.body)
            scene.time.advance(by: .seconds(8 * 86_400))
            let stale = try await scene.get(target)
            #expect(try stale.json["timeLastUpdated"]?.string != before.json["timeLastUpdated"]?.string)
        }
    }

    // MARK: Parameters

    @Test func `with a timeout of zero is only looked for in the caches`() async throws {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Orchard", "3", "&tokenUriTimeoutInMs=0")
            let absent = try await scene.get(target)
            #expect(absent.status == 200)
            #expect(absent["Cache-Control"] == "no-store")
            let words = "Centralized gateway timed out, try again with a higher tokenUri timeout"
            #expect(try absent.alchemyError == words)
            #expect(scene.upstream.counters.requests == 0)
            _ = try await scene.get(scene.path("Orchard", 3))
            let held = try await scene.get(target)
            #expect(try held.alchemyError == nil)
            #expect(try held.json["name"]?.string == "Orchard #3")
        }
    }

    @Test func `with a timeout of zero is found in the archive too`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 3))
            let second = try await scene.another()
            let target = scene.alchemy("getNFTMetadata", "Orchard", "3", "&tokenUriTimeoutInMs=0")
            let answer = try await scene.get(target, from: second)
            #expect(try answer.json["name"]?.string == "Orchard #3")
            #expect(answer["Cache-Status"]?.hasSuffix("; detail=archive") == true)
            await second.stop()
        }
    }

    @Test func `with a timeout is waited for so long, and fetched though its time was over`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: try await scene.documentPath("Orchard", 4)))
            slow.delay = .milliseconds(700)
            scene.upstream.setFault(slow)
            let target = scene.alchemy("getNFTMetadata", "Orchard", "4", "&tokenUriTimeoutInMs=100")
            let late = try await scene.get(target)
            #expect(late.status == 200)
            #expect(try late.alchemyError?.hasPrefix("Centralized gateway timed out") == true)
            try await eventually(within: .seconds(5), "the fetch has gone on") {
                try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "4", "&tokenUriTimeoutInMs=0"))
                    .alchemyError == nil
            }
            // One for the token, one for the neighbour that told where it lies.
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
        }
    }

    @Test func `is fetched anew for refreshCache, once per cool-down`() async throws {
        try await Scene.play { scene in
            let plain = scene.alchemy("getNFTMetadata", "Orchard", "5")
            let before = try await scene.get(plain)
            scene.time.advance(by: .seconds(2))
            let refreshed = try await scene.get(plain + "&refreshCache=true")
            let times = (try before.json["timeLastUpdated"]?.string, try refreshed.json["timeLastUpdated"]?.string)
            #expect(times.0 != times.1)
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
            scene.time.advance(by: .seconds(2))
            let soon = try await scene.get(plain + "&refreshCache=true")
            #expect(soon.body == refreshed.body)
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
            scene.time.advance(by: .seconds(60))
            _ = try await scene.get(plain + "&refreshCache=true")
            #expect(scene.upstream.counters.totalTokenURICalls == 3)
        }
    }

    @Test func `refreshed by its own call is fetched behind, or it is said when the next may be`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 6))
            let first = try await scene.get(scene.alchemy("refreshNftMetadata", "Orchard", "6"))
            #expect(first.text == #"{"status":"Queued","estimatedMsToRefresh":10000}"#)
            try await eventually("the token is fetched again") {
                scene.upstream.counters.totalTokenURICalls == 2
            }
            let body = #"{"contractAddress":"\#(scene.contract("Orchard").lowercase)","tokenId":6}"#
            let second = try await scene.post("/alchemy/demo/nft/v3/some-key/refreshNftMetadata", body)
            #expect(second.status == 200)
            #expect(second.text == #"{"status":"Throttled","estimatedMsToRefresh":60000}"#)
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
        }
    }

    @Test(arguments: [
        ("getNFTMetadata?tokenId=1", 400, "contractAddress is needed"),
        ("getNFTMetadata?contractAddress=0x1&tokenId=1", 400, "contractAddress: "),
        ("getNFTMetadata?contractAddress=0x0000000000000000000000000000000000000001", 400, "tokenId is needed"),
        ("getNFTMetadata?contractAddress=0x0000000000000000000000000000000000000001&tokenId=x", 400, "tokenId: "),
        ("getContractMetadata", 400, "contractAddress is needed"),
        ("getNFTMetadataBatch", 405, "Allowed here: POST"), ("getNFTsForOwner?owner=x", 404, "This call is not served"),
        ("", 404, "Served here is /alchemy/"),
    ]) func `asked for wrongly is refused in their shape`(call: String, status: Int, message: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.get("/alchemy/demo/nft/v3/some-key/\(call)")
            #expect(answer.status == status)
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer["Cache-Control"] == "no-store")
            #expect(try answer.json["error"]?["message"]?.string?.hasPrefix(message) == true, "\(answer.text)")
            #expect((answer["Allow"] != nil) == (status == 405))
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `on a network that is not configured is refused with those that are`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get("/alchemy/eth-mainnet/nft/v3/k/getNFTMetadata")
            #expect(answer.status == 404)
            #expect(answer.text.contains("served are demo."))
        }
    }

    @Test func `on a chain that they name too is found by their name`() async throws {
        try await Scene.play { scene in
            let text = Scene.yaml(Scene.Options(), scene.upstream, scene.folder)
                .replacing("demo: { id: \(SampleUpstream.chainIdentifier)", with: "main: { id: 1")
            let loaded = try LoadedConfiguration.parse(text, file: "main.yaml", environment: [:])
            var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
            environment.logSink = LogSink(descriptor: discarded)
            let proxy = try await ProxyServer.start(loaded, in: environment)
            let target = scene.alchemy("getNFTMetadata", "Orchard", "1")
            for name in ["eth-mainnet", "main"] {
                let answer = try await scene.get(target.replacing("/demo/", with: "/\(name)/"), from: proxy)
                #expect(try answer.json["name"]?.string == "Orchard #1", "\(name)")
            }
            let openSea = try await scene.get(
                scene.openSea("Orchard", "1").replacing("/demo/", with: "/ethereum/"), from: proxy)
            #expect(
                try openSea.json["nft"]?["opensea_url"]?.string?.hasPrefix("https://opensea.io/assets/ethereum/0x")
                    == true)
            await proxy.stop()
        }
    }

    // MARK: Errors

    @Test(
        arguments: [
            (EmberCase.nonexistent, "Token does not exist"), (.revertWithReason, "Token does not exist"),
            (.emptyURI, "Malformed token uri, do not retry"),
            (.offsetBeyondReturnData, "Malformed token uri, do not retry"),
            (.unknownScheme, "Malformed token uri, do not retry"),
            (.privateAddress, "Contract returned a broken token uri"),
            (.redirectLoop, "Contract returned a broken token uri"),
            (.notFound, "Contract returned a broken token uri"),
            (.serverError, "Token uri responded with a non 200 response code"),
            (.tooManyRequests, "Throttled token uri"), (.htmlPage, "Contract returned a broken token uri"),
            (.emptyBody, "Contract returned a broken token uri"), (.oversized, "Contract returned a broken token uri"),
            (.invalidJSON, "Contract returned a broken token uri"), (.null, "Contract returned a broken token uri"),
            (.imageInsteadOfJSON, nil), (.trailingComma, nil), (.byteOrderMark, nil), (.duplicateKeys, nil),
            (.hugeNumber, nil),
        ] as [(EmberCase, String?)]) func `that is broken says so in their words, at status 200`(
            ember: EmberCase, words: String?
        ) async throws
    {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Ember", String(ember.rawValue))
            for _ in 0..<2 {
                let answer = try await scene.get(target)
                #expect(answer.status == 200)
                #expect(try answer.alchemyError == words)
                #expect(try answer.json["raw"]?["metadata"]?.kind == .object)
                #expect(answer["Cache-Control"]?.hasPrefix(words == nil ? "public" : "no-store") == true)
            }
        }
    }

    @Test func `whose gateway or chain does not answer says which`() async throws {
        try await Scene.play(Scene.Options(upstream: ["timeout: 300ms"])) { scene in
            var hanging = Fault(.path(prefix: "/ipfs/"))
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            let gateway = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "1"))
            #expect(try gateway.alchemyError == "IPFS gateway timed out")
        }
        try await Scene.play { scene in
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            let chain = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "1"))
            #expect(try chain.alchemyError == "Failed to get token uri")
        }
    }

    @Test func `whose source fails is answered from the copy that is held`() async throws {
        try await Scene.play { scene in
            let target = scene.alchemy("getNFTMetadata", "Orchard", "2")
            let good = try await scene.get(target)
            var failing = Fault(.everything)
            failing.status = 500
            scene.upstream.setFault(failing)
            scene.time.advance(by: .seconds(20 * 86_400))
            let answer = try await scene.get(target)
            #expect(try answer.alchemyError == nil)
            #expect(try answer.json["timeLastUpdated"]?.string == good.json["timeLastUpdated"]?.string)
        }
    }

    @Test func `of a collection that is switched off is not shown, not even from memory`() async throws {
        let orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
        let section = "collections: [ { chain: demo, contract: \"\(orchard)\", disabled: true } ]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            let alchemy = try await scene.get(scene.alchemy("getNFTMetadata", "Orchard", "1"))
            #expect(try alchemy.alchemyError == "This collection is switched off here")
            #expect(try await scene.get(scene.alchemy("refreshNftMetadata", "Orchard", "1")).status == 404)
            #expect(try await scene.get(scene.openSea("Orchard", "1")).status == 404)
            #expect(try await scene.post(scene.openSea("Orchard", "1", "/refresh"), "").status == 404)
            #expect(scene.upstream.counters.requests == 0)
        }
    }
}
