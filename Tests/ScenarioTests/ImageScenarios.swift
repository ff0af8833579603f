import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A token's image", .timeLimit(.minutes(2))) struct ImageScenarios {
    private func image(_ scene: Scene, _ piece: VitrineCase, _ fields: String...) async throws -> HTTPAnswer {
        let client = try await scene.client()
        let answer = try await client.request("GET", scene.path("Vitrine", piece.rawValue, "/image"), fields: fields)
        await client.close()
        return answer
    }

    @Test func `that lies elsewhere is a redirect, cached like its token`() async throws {
        try await Scene.play { scene in
            let cases: [(VitrineCase, String)] = [
                (.web, "https://images.example/a%20b.png"),
                (.ipfs, "\(scene.upstream.baseURL)/ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/1%20of%202.png"),
                (.arweave, "\(scene.upstream.baseURL)/rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"),
            ]
            for (piece, location) in cases {
                let first = try await image(scene, piece)
                #expect(first.status == 302 && first["Location"] == location && first.body.isEmpty)
                #expect(first["Cache-Control"]?.hasPrefix("public, max-age=60, s-maxage=") == true)
                scene.time.advance(by: .seconds(5))
                let second = try await image(scene, piece)
                #expect(second["Cache-Status"]?.contains("; hit;") == true && second["Age"] == "5")
                #expect(second["Location"] == location)
            }
            #expect(scene.upstream.counters.totalTokenURICalls == cases.count)
        }
    }

    @Test func `is found by every spelling of its token`() async throws {
        try await Scene.play { scene in
            let vitrine = scene.contract("Vitrine")
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            for spelling in [
                "/v1/demo/\(vitrine.checksummed)/14/image", "/v1/\(chain)/\(vitrine.lowercase)/0xe/image",
                "/v1/assets/\(chain)/erc721:\(vitrine.checksummed)/14/image",
                "/v1/eip155%3A\(SampleUpstream.chainIdentifier)/\(vitrine.lowercase)/14/image",
            ] {
                #expect(try await scene.get(spelling).status == 302, "\(spelling)")
            }
            let document = try await scene.get("/v1/assets/\(chain)/erc721:\(vitrine.checksummed)/14/metadata")
            #expect(document.status == 200)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test(arguments: [VitrineCase.page, .script])
    func `E-152 that is a page or a script by its own words is none`(piece: VitrineCase) async throws {
        try await Scene.play { scene in
            let answer = try await image(scene, piece)
            #expect(answer.status == 404 && answer.text.contains("image-not-found"))
        }
    }

    @Test(arguments: [
        (VitrineCase.vectorInBase64, "image/svg+xml", "inline; filename=\"1.svg\""),
        (.vectorAsText, "image/svg+xml", "inline; filename=\"2.svg\""),
        (.imageData, "image/svg+xml", "inline; filename=\"3.svg\""),
        (.raster, "image/png", "inline; filename=\"4.png\""),
        (.disguisedRaster, "image/png", "inline; filename=\"5.png\""),
        (.disguisedPage, "text/plain; charset=utf-8", "inline; filename=\"8.txt\""),
    ])
    func `E-152 inside its document is served from here, by what its bytes are`(
        piece: VitrineCase, type: String, disposition: String
    ) async throws {
        try await Scene.play { scene in
            let answer = try await image(scene, piece)
            #expect(answer.status == 200 && !answer.body.isEmpty)
            #expect(answer["Content-Type"] == type && answer["Content-Disposition"] == disposition)
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            #expect(answer["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(answer["Content-Security-Policy"]?.hasSuffix("; sandbox") == true)
            #expect(answer["ETag"]?.isEmpty == false)
        }
    }

    @Test func `E-163 a malicious SVG is sent so that nothing of it runs, loads or leads away`() async throws {
        try await Scene.play { scene in
            let answer = try await image(scene, .hostileVector)
            #expect(answer["Content-Type"] == "image/svg+xml")
            let policy = try #require(answer["Content-Security-Policy"])
            let directives = policy.split(separator: "; ").map(String.init)
            // No script-src, connect-src or frame-src beside default-src; images and fonts from inside only.
            #expect(
                directives == [
                    "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "font-src data:", "sandbox",
                ])
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            #expect(answer.fields.filter { $0.name == "Content-Security-Policy" }.count == 1)
        }
    }

    @Test func `inside its document answers conditions, ranges, HEAD and codings`() async throws {
        try await Scene.play { scene in
            let whole = try await image(scene, .vectorAsText)
            let tag = try #require(whole["ETag"])
            #expect(try await image(scene, .vectorAsText, "If-None-Match: \(tag)").status == 304)
            let part = try await image(scene, .vectorAsText, "Range: bytes=1-3")
            #expect(part.status == 206 && part.text == "svg")
            let client = try await scene.client()
            let head = try await client.request("HEAD", scene.path("Vitrine", 2, "/image"))
            #expect(head.status == 200 && head["Content-Length"] == "\(whole.body.count)")
            await client.close()
            let gzip = try await image(scene, .vectorAsText, "Accept-Encoding: gzip")
            #expect(gzip["Content-Encoding"] == "gzip" && gzip["ETag"] != tag)
            #expect(try await image(scene, .raster, "Accept-Encoding: gzip")["Content-Encoding"] == nil)
        }
    }

    @Test func `that does not exist, or that no browser could open, is 404`() async throws {
        try await Scene.play { scene in
            for piece in [VitrineCase.none, .nowhere] {
                let answer = try await image(scene, piece)
                #expect(answer.status == 404 && answer["Content-Type"] == "application/problem+json")
                let root = try JSONDocument(validating: answer.body).root
                #expect(root["type"]?.string == "urn:mintcache:problem:image-not-found")
                #expect(root["detail"]?.string?.isEmpty == false)
            }
        }
    }

    @Test func `with a line break in its URL breaks no header`() async throws {
        try await Scene.play { scene in
            let answer = try await image(scene, .lineBreak)
            #expect(answer.status == 302 && answer["Set-Cookie"] == nil)
            #expect(answer["Location"] == "https://images.example/aSet-Cookie:%20a=b%3Cscript%3E")
        }
    }

    @Test func `of a token that is missing or failed is the token's own problem`() async throws {
        try await Scene.play { scene in
            let missing = try await scene.get(scene.path("Ember", EmberCase.nonexistent.rawValue, "/image"))
            #expect(missing.status == 404 && missing.text.contains("token-not-found"))
            let failed = try await scene.get(scene.path("Ember", EmberCase.serverError.rawValue, "/image"))
            #expect(failed.status == 502 && failed.text.contains("upstream-failed"))
            let unusable = try await scene.get(scene.path("Ember", EmberCase.htmlPage.rawValue, "/image"))
            #expect(unusable.status == 502 && unusable.text.contains("metadata-unusable"))
        }
    }

    @Test func `that is large and inside is repeated in the token, or linked where clients can reach us`() async throws
    {
        try await Scene.play { scene in
            let token = try await scene.get(scene.path("Vitrine", VitrineCase.large.rawValue))
            let url = try JSONDocument(validating: token.body).root["image"]?.string
            #expect(url?.hasPrefix("data:image/svg+xml;base64,") == true)
        }
        var options = Scene.Options()
        options.server = ["public_url: \"https://nft.example/cache/\""]
        try await Scene.play(options) { scene in
            let token = try await scene.get(scene.path("Vitrine", VitrineCase.large.rawValue))
            let url = try #require(try JSONDocument(validating: token.body).root["image"]?.string)
            #expect(url.hasPrefix("https://nft.example/cache/v1/eip155:"))
            let answer = try await scene.get(String(url.dropFirst("https://nft.example/cache".count)))
            #expect(answer.status == 200 && answer["Content-Type"] == "image/svg+xml")
            #expect(answer.body.count > 100_000)
        }
    }

    @Test func `on IPFS or Arweave leads here where clients can reach us`() async throws {
        var options = Scene.Options()
        options.server = ["public_url: \"https://nft.example\""]
        try await Scene.play(options) { scene in
            let ipfs = "https://nft.example/ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/1%20of%202.png"
            #expect(try await image(scene, .ipfs)["Location"] == ipfs)
            let token = try await scene.get(scene.path("Vitrine", VitrineCase.ipfs.rawValue))
            #expect(try JSONDocument(validating: token.body).root["image"]?.string == ipfs)
            let arweave = "https://nft.example/ar/rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"
            #expect(try await image(scene, .arweave)["Location"] == arweave)
        }
    }
}
