import SampleUpstream
import Testing
import Tokens

@Suite("The bundled collections")
struct CollectionTests {
    /// The document that a token URI leads to on the upstream.
    private func document(_ test: UpstreamUnderTest, _ collection: String, _ token: UInt64) async throws -> [UInt8] {
        let answer = await test.get(try test.path(of: try await test.tokenURI(collection, token)))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        return answer.rawBody
    }

    @Test(
        "Orchard, Grove and Driftwood have documents of their size with an image and 5 to 8 attributes",
        arguments: [
            ("Orchard", UInt64(0), 1024), ("Orchard", 9999, 1024), ("Grove", 42, 16_384), ("Driftwood", 3, 700),
        ])
    func generated(_ collection: String, _ token: UInt64, _ size: Int) async throws {
        try await UpstreamUnderTest.run { test in
            let bytes = try await document(test, collection, token)
            #expect(size == 700 ? (700...1000).contains(bytes.count) : bytes.count == size)
            let root = try JSONDocument(validating: bytes).root
            #expect(root["name"]?.string == "\(collection) #\(token)")
            let attributes = try #require(root["attributes"])
            #expect((5...8).contains(Array(attributes.elements).count))
            let image = await test.get(try test.path(of: try #require(root["image"]?.string)))
            #expect(image.status == 200)
            #expect(image["Content-Type"] == (token % 4 == 3 ? "image/png" : "image/svg+xml"))
            #expect(image.rawBody.starts(with: token % 4 == 3 ? [0x89, 0x50, 0x4E, 0x47] : Array("<svg".utf8)))
            #expect(try await document(test, collection, token) == bytes)
        }
    }

    @Test("Orchard's tokens all differ")
    func distinct() async throws {
        try await UpstreamUnderTest.run { test in
            var seen: Set<[UInt8]> = []
            for token in UInt64(100)..<120 { seen.insert(try await document(test, "Orchard", token)) }
            #expect(seen.count == 20)
        }
    }

    @Test("Inkwell carries its document and its image in the token URI")
    func inkwell() async throws {
        try await UpstreamUnderTest.run { test in
            let uri = TokenURI(parsing: try await test.tokenURI("Inkwell", 999))
            guard case .data(let mediaType, let bytes) = uri else {
                Issue.record("\(uri)")
                return
            }
            #expect(mediaType == "application/json")
            let root = try JSONDocument(validating: bytes).root
            #expect(root["name"]?.string == "Inkwell Blot #999")
            guard case .data("image/svg+xml", let image) = TokenURI(parsing: try #require(root["image"]?.string)) else {
                Issue.record("The image is not inline.")
                return
            }
            #expect(image.starts(with: Array("<svg".utf8)))
        }
    }

    @Test("Bazaar answers uri with {id}, which leads to a document once it is replaced")
    func bazaar() async throws {
        try await UpstreamUnderTest.run { test in
            let token = TokenIdentifier(500)
            let uri = try await test.string(.uri(of: token, in: try test.contract(of: "Bazaar")))
            #expect(uri == "\(test.upstream.baseURL)/web/bazaar/{id}.json")
            let filled = uri.replacing("{id}", with: token.paddedHex)
            let answer = await test.get(String(filled.dropFirst(test.upstream.baseURL.count)))
            #expect(answer.status == 200)
            let root = try JSONDocument(validating: answer.rawBody).root
            #expect(root["image"]?.string?.contains("{id}") == true)
            let beyond = TokenIdentifier(501).paddedHex
            #expect(await test.get("/web/bazaar/\(beyond).json").status == 404)
            #expect(await test.get("/web/bazaar/images/\(token.paddedHex).svg").status == 200)
        }
    }

    @Test("Lantern's documents change with their validators, and only when told to")
    func lantern() async throws {
        try await UpstreamUnderTest.run { test in
            let path = try test.path(of: try await test.tokenURI("Lantern", 5))
            let first = await test.get(path)
            let tag = try #require(first["ETag"])
            let date = try #require(first["Last-Modified"])
            #expect(await test.get(path, fields: ["If-None-Match: \(tag)"]).status == 304)
            #expect(await test.get(path, fields: ["If-Modified-Since: \(date)"]).status == 304)
            test.upstream.advanceLantern(4)
            #expect(await test.get(path).rawBody == first.rawBody)
            test.upstream.advanceLantern(5)
            let second = await test.get(path, fields: ["If-None-Match: \(tag)"])
            #expect(second.status == 200)
            #expect(second.rawBody != first.rawBody)
            #expect(second["ETag"] != tag)
            #expect(second["Last-Modified"] != date)
            #expect(test.upstream.counters.notModified == 2)
            let control = await test.post("/control/lantern", #"{"token_id":"5"}"#)
            #expect(control.status == 204)
            #expect(await test.get(path)["ETag"] == "\"lantern-5-3\"")
            test.upstream.advanceLantern()
            #expect(await test.get(path)["ETag"] == "\"lantern-5-4\"")
        }
    }

    @Test("/control/collections lists every collection with tokens that answer as they say")
    func listing() async throws {
        try await UpstreamUnderTest.run { test in
            let answer = await test.get("/control/collections")
            let names = try JSONDocument(validating: answer.rawBody).root.elements.compactMap { $0["name"]?.string }
            #expect(
                names == [
                    "Orchard", "Grove", "Driftwood", "Inkwell", "Bazaar", "Lantern", "Ember", "Vitrine", "Oddities",
                    "Specimens",
                    "Chimera", "Polyglot", "Braggart", "Relic",
                ])
            #expect(test.upstream.collections.map(\.name) == names)
            for listing in test.upstream.collections {
                #expect(try ContractAddress(parsing: listing.contract.checksummed) == listing.contract)
            }
        }
    }
}
