import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A batch asked for as of Alchemy", .timeLimit(.minutes(2))) struct AlchemyBatchScenarios {
    @Test func `has an answer for each of a hundred tokens in their order, and fetches those named twice once`()
        async throws
    {
        try await Scene.play { scene in
            // Every second one is named twice, and all of them in both spellings.
            let tokens = (0..<100).map { index in
                let number = index / 2
                return index.isMultiple(of: 2) ? "\"\(number)\"" : "\"0x\(String(number, radix: 16))\""
            }
            let answer = try await scene.post(Scene.batchPath, scene.batch("Orchard", tokens))
            #expect(answer.status == 200)
            #expect(answer["Cache-Control"] == "no-store")
            let nfts = Array(try #require(try answer.json["nfts"]).elements)
            #expect(nfts.compactMap { $0["tokenId"]?.string } == (0..<100).map { String($0 / 2) })
            #expect(nfts.allSatisfy { $0["raw"]?["error"]?.isNull == true })
            #expect(scene.upstream.counters.totalTokenURICalls == 50)
        }
    }

    @Test func `tells of each token what went wrong with that one`() async throws {
        try await Scene.play { scene in
            let (orchard, ember) = (scene.contract("Orchard").checksummed, scene.contract("Ember").checksummed)
            let body = """
                {"tokens":[{"contractAddress":"\(orchard)","tokenId":1},
                {"contractAddress":"\(ember)","tokenId":\(EmberCase.nonexistent.rawValue),"tokenType":"ERC721"},
                {"contractAddress":"\(ember)","tokenId":\(EmberCase.htmlPage.rawValue)}]}
                """
            let answer = try await scene.post(Scene.batchPath, body)
            let errors = try #require(try answer.json["nfts"]).elements.map { $0["raw"]?["error"]?.string }
            #expect(errors == [nil, "Token does not exist", "Contract returned a broken token uri"])
        }
    }

    @Test func `waits for all of them no longer than it was told, and a slow one holds up nothing`() async throws {
        try await Scene.play { scene in
            var hanging = Fault(.path(prefix: try await scene.documentPath("Orchard", 2)))
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            let body = scene.batch("Orchard", ["1", "2", "3"], #","tokenUriTimeoutInMs":500"#)
            let nfts = try #require(try await scene.post(Scene.batchPath, body).json["nfts"])
            #expect(nfts.elements.map { $0["raw"]?["error"]?.isNull } == [true, false, true])
        }
    }

    @Test func `with a timeout of zero fetches nothing`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let calls = scene.upstream.counters.requests
            let body = scene.batch("Orchard", ["1", "2"], #","tokenUriTimeoutInMs":0"#)
            let nfts = try #require(try await scene.post(Scene.batchPath, body).json["nfts"])
            #expect(nfts.elements.map { $0["raw"]?["error"]?.isNull } == [true, false])
            #expect(scene.upstream.counters.requests == calls)
        }
    }

    @Test func `may have all of its tokens fetched anew`() async throws {
        try await Scene.play { scene in
            let body = scene.batch("Orchard", ["1", "2"], #","refreshCache":true"#)
            for _ in 0..<3 { #expect(try await scene.post(Scene.batchPath, body).status == 200) }
            // The first time nothing was held; the two times after it lie within the cool-down.
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
            scene.time.advance(by: .seconds(61))
            _ = try await scene.post(Scene.batchPath, body)
            #expect(scene.upstream.counters.totalTokenURICalls == 4)
        }
    }

    @Test func `of more than a hundred, of anything but tokens, or too large is refused as a whole`() async throws {
        try await Scene.play { scene in
            let tooMany = scene.batch("Orchard", Array(repeating: "1", count: 101))
            let cases: [(String, Int, String)] = [
                (tooMany, 400, "tokens may have at most 100 elements."), ("", 400, "The body is empty; it must"),
                ("{", 400, "The body is not valid JSON"),
                ("{\"tokens\":[{}]}", 400, "tokens[0].contractAddress is needed"),
                (scene.batch("Orchard", ["1", "\"zwei\""]), 400, "tokens[1].tokenId: "),
                (String(repeating: " ", count: 257 * 1024), 413, "The request's body is too large"),
            ]
            for (body, status, message) in cases {
                let answer = try await scene.post(Scene.batchPath, body)
                #expect(answer.status == status)
                #expect(try answer.json["error"]?["message"]?.string?.hasPrefix(message) == true, "\(answer.text)")
            }
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `that would be too large leaves out what does not fit, and says so`() async throws {
        try await Scene.play { scene in
            // A document of 400 kilobytes, a hundred times: the answer ends at 32 MiB.
            var large = Fault(.path(prefix: "/ipfs/"))
            large.body = Array(#"{"name":1,"filling":"\#(String(repeating: "x", count: 400_000))"}"#.utf8)
            large.contentType = "application/json"
            scene.upstream.setFault(large)
            let body = scene.batch("Orchard", Array(repeating: "1", count: 100))
            let answer = try await scene.post(Scene.batchPath, body)
            #expect(answer.status == 200)
            #expect(answer.body.count > 32_000_000)
            #expect(answer.body.count < 33_700_000)
            let end = String(decoding: answer.body.suffix(600), as: UTF8.self)
            #expect(end.contains(#""error":"The answer would be too large: ask for this token alone""#))
        }
    }
}
