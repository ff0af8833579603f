import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// Sources as a configuration has them, pointed at the sample upstream.
enum SampleSources {
    static let key = SampleUpstream.providerKey

    /// - Parameter more: further keys, beginning with a comma.
    static func alchemy(key: String = key, _ more: String = "") -> String {
        #"{ provider: alchemy, key: "\#(key)", chains: { demo: sample }, "#
            + #"url: "{upstream}/alchemy/{chain}/nft/v3/{key}/getNFTMetadata"#
            + #"?contractAddress={contract}&tokenId={token_id}&refreshCache=false"\#(more) }"#
    }

    static func opensea(key: String = key, _ more: String = "") -> String {
        #"{ provider: opensea, key: "\#(key)", chains: { demo: sample }, "#
            + #"url: "{upstream}/opensea/api/v2/chain/{chain}/contract/{contract}/nfts/{token_id}"\#(more) }"#
    }

    static func moralis(key: String = key, _ more: String = "") -> String {
        #"{ provider: moralis, key: "\#(key)", chains: { demo: "0x539" }, "#
            + #"url: "{upstream}/moralis/api/v2.2/nft/{contract}/{token_id}?chain={chain}&format=decimal"\#(more) }"#
    }

    static func catalog(_ more: String = "") -> String {
        #"{ name: catalog, key: "\#(key)", url: "{upstream}/catalog/sample/{contract}/{id}", "#
            + #"headers: { Authorization: "Bearer {key}" }, document: /items/0/document, standard: /items/0/kind, "#
            + "errors: [{ pointer: /code, equals: UNKNOWN, means: missing }, "
            + "{ pointer: /code, equals: UNREADABLE, means: malformed }, { pointer: /code, means: retry }]\(more) }"
    }

    static func options(_ sources: String...) -> Scene.Options {
        Scene.Options(sections: ["sources: [\(sources.joined(separator: ", "))]"])
    }
}

extension Scene {
    func object(_ target: String) async throws -> JSONValue {
        try JSONDocument(validating: try await get(target).body).root
    }

    /// Asks for a token and looks at a member of its object.
    func expect(
        _ member: String, of target: String, is value: String, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await object(target)[member]?.string
        #expect(found == value, sourceLocation: location)
    }

    /// Lets every request to a path meet a status.
    func fails(_ path: String, status: Int, times: Int? = nil) {
        var fault = Fault(.path(prefix: path), times: times)
        fault.status = status
        upstream.setFault(fault)
    }

    func stats() async throws -> JSONValue {
        try JSONDocument(validating: try await admin("GET", "/admin/stats").body).root
    }

    /// What `/admin/stats` says of a source.
    func source(_ name: String) async throws -> JSONValue? {
        try await stats()["sources"]?.elements.first { $0["source"]?.string == name }
    }
}

@Suite("A provider", .timeLimit(.minutes(2))) struct ProviderScenarios {
    private static let ready: [(String, Scene.Options)] = [
        ("alchemy", SampleSources.options(SampleSources.alchemy())),
        ("opensea", SampleSources.options(SampleSources.opensea())),
        ("moralis", SampleSources.options(SampleSources.moralis())),
        ("catalog", SampleSources.options(SampleSources.catalog())),
    ]

    @Test(arguments: ready.map(\.0)) func `gives the exact document that the contract's URI leads to`(
        name: String
    ) async throws {
        let options = try #require(Self.ready.first { $0.0 == name }).1
        try await Scene.play(options) { scene in
            let plain = try await scene.another()
            for (collection, token) in [("Orchard", UInt64(7)), ("Bazaar", 3), ("Driftwood", 5)] {
                let path = scene.path(collection, token, "/metadata")
                let calls = scene.upstream.counters.totalTokenURICalls
                let answer = try await scene.get(path)
                #expect(answer.status == 200, "\(collection)")
                #expect(scene.upstream.counters.totalTokenURICalls == calls)
                let object = try await scene.object(scene.path(collection, token))
                #expect(object["source"]?.string == name)
                #expect(object["standard"]?.string == (collection == "Bazaar" ? "erc1155" : "erc721"))
                let original = try await scene.get(path, from: plain)
                #expect(answer.body == original.body)
            }
            await plain.stop()
        }
    }

    @Test(arguments: ready.map(\.0)) func `says 404 of a token that it does not know, and it is remembered`(
        name: String
    ) async throws {
        let options = try #require(Self.ready.first { $0.0 == name }).1
        try await Scene.play(options) { scene in
            for _ in 0..<2 {
                let answer = try await scene.get(scene.path("Orchard", 999_999))
                #expect(answer.status == 404)
                #expect(answer.text.contains("The source \(name) knows no such token."))
            }
            #expect(scene.upstream.counters.providerRequests == 1)
        }
    }

    @Test func `without a document is asked where it lies, else for its own view of the token`() async throws {
        try await Scene.play(SampleSources.options(SampleSources.opensea())) { scene in
            let fetched = try await scene.object(scene.path("Orchard", 7))
            #expect(fetched["metadata"]?["external_url"] != nil)
            #expect(scene.upstream.counters.ipfsRequests == 1)
            let summary = try await scene.object(scene.path("Inkwell", 7))
            #expect(summary["metadata"]?["token_standard"]?.string == "erc721")
            #expect(summary["name"]?.string == "Inkwell Blot #7")
            #expect(summary["attributes"]?.elements.contains { _ in true } == true)
            scene.fails("/ipfs", status: 404)
            try await scene.expect("name", of: scene.path("Orchard", 8), is: "Orchard #8")
        }
    }

    @Test func `that cannot read a document is believed, and one that could not yet is not`() async throws {
        try await Scene.play(SampleSources.options(SampleSources.catalog())) { scene in
            let unreadable = try await scene.get(scene.path("Ember", EmberCase.htmlPage.rawValue))
            #expect(unreadable.status == 502)
            #expect(unreadable.text.contains("metadata-unusable"))
            let later = try await scene.get(scene.path("Ember", EmberCase.serverError.rawValue))
            #expect(later.text.contains("upstream-failed") && later.text.contains("\"retryable\":true"))
            #expect(later.text.contains("\"outcome\":\"retry\""))
        }
    }
}

@Suite("Several sources", .timeLimit(.minutes(2))) struct SourceOrderScenarios {
    @Test func `are asked in order until one has the document`() async throws {
        let options = SampleSources.options(
            "onchain", SampleSources.alchemy(), SampleSources.opensea(), SampleSources.moralis())
        try await Scene.play(options) { scene in
            try await scene.expect("source", of: scene.path("Orchard", 1), is: "onchain")
            #expect(scene.upstream.counters.providerRequests == 0)
            scene.fails("/rpc", status: 500)
            scene.fails("/alchemy", status: 503)
            scene.fails("/opensea", status: 599)
            try await scene.expect("source", of: scene.path("Orchard", 2), is: "moralis")
            #expect(scene.upstream.counters.providerRequests == 3)
        }
    }

    @Test func `that all fail are all named in order, with hosts and nothing more`() async throws {
        let options = SampleSources.options("onchain", SampleSources.alchemy(), SampleSources.moralis(), "archive")
        try await Scene.play(options) { scene in
            for path in ["/rpc", "/alchemy", "/moralis"] { scene.fails(path, status: 500) }
            let answer = try await scene.get(scene.path("Orchard", 1))
            #expect(answer.status == 502)
            let problem = try JSONDocument(validating: answer.body).root
            let attempts = problem["attempts"].map { Array($0.elements) } ?? []
            let sources = attempts.compactMap { $0["source"]?.string }
            #expect(
                sources.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
                    == ["onchain", "alchemy", "moralis", "archive"])
            #expect(problem["retryable"]?.boolean == true)
            let host = String(scene.upstream.baseURL.dropFirst("http://".count))
            #expect(attempts.compactMap { $0["host"]?.string }.allSatisfy { $0 == host || $0 == "archive" })
        }
    }

    @Test func `do not say 404 when the contract could not be asked, but do when it could`() async throws {
        let options = SampleSources.options("onchain", SampleSources.alchemy())
        try await Scene.play(options) { scene in
            scene.fails("/rpc", status: 500, times: 2)
            let unsure = try await scene.get(scene.path("Orchard", 999_999))
            #expect(unsure.status == 502 && unsure.text.contains("\"retryable\":true"))
            scene.upstream.clearFaults()
            scene.time.advance(by: .seconds(11))
            #expect(try await scene.get(scene.path("Orchard", 999_999)).status == 404)
        }
    }

    @Test func `are not held up by one that hangs`() async throws {
        let options = SampleSources.options("{ name: onchain, timeout: 200ms }", SampleSources.alchemy())
        try await Scene.play(options) { scene in
            var hanging = Fault(.rpc)
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            try await scene.expect("source", of: scene.path("Orchard", 1), is: "alchemy")
        }
    }

    @Test func `can be chosen for a collection, which others never ask`() async throws {
        let orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
        let sources = "sources: [onchain, \(SampleSources.catalog(", collections_only: true"))]"
        let collections =
            "collections: [{ chain: demo, contract: \"\(orchard)\", source: [catalog, onchain], ttl: 5m }]"
        try await Scene.play(Scene.Options(sections: [sources, collections])) { scene in
            try await scene.expect("source", of: scene.path("Orchard", 1), is: "catalog")
            try await scene.expect("source", of: scene.path("Grove", 1), is: "onchain")
            #expect(scene.upstream.counters.providerRequests == 1)
            scene.fails("/catalog", status: 500)
            try await scene.expect("source", of: scene.path("Orchard", 2), is: "onchain")
        }
    }
}
