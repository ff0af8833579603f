import EventLoops
import MintcacheTesting
import Synchronization
import Testing
import Tokens

@testable import Mintcache

@Suite("One content that many tokens lead to", .timeLimit(.minutes(2))) struct SharedDocumentScenarios {
    private static let uri = "ipfs://\(DocumentScene.directory)/hidden.json"
    private static let document = #"{"name":"Hidden"}"#

    @Test func `is fetched once for ten thousand tokens`() async throws {
        try await DocumentScene.play { scene in
            let gate = Gate()
            scene.gateways[0].always { _ in Reply(200, [], Self.document).after(gate) }
            let found = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<UInt64(10_000) {
                    group.addTask { try await scene.ask(Self.uri, token: TokenIdentifier(number)).text }
                }
                try await eventually("all wait") { scene.reads(.shared) == 9999 }
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(found.count == 10_000)
            #expect(found.allSatisfy { $0 == Self.document })
            #expect(scene.gateways[0].requestCount == 1)
            #expect(scene.reads(.fetched) == 1)
        }
    }

    @Test func `is not fetched again for a token that comes shortly after`() async throws {
        try await DocumentScene.play { scene in
            scene.gateways[0].serves(Self.document)
            for number in UInt64(0)..<5 {
                let outcome = try await scene.ask(Self.uri, token: TokenIdentifier(number))
                #expect(outcome.text == Self.document)
                #expect(outcome.document?.isImmutable == true)
            }
            #expect(scene.gateways[0].requestCount == 1)
            #expect(scene.reads(.recent) == 4)
        }
    }

    @Test(
        "E-46 E-120 is the same however its identifier is written and whichever gateway the URI names",
        arguments: [
            "ipfs://bafybeihpjhkeuiq3k6nqa3fkgeigeri7iebtrsuyuey5y6vy36n345xmbi/hidden.json",
            "https://gateway.pinata.cloud/ipfs/\(DocumentScene.directory)/hidden.json",
            "https://bafybeihpjhkeuiq3k6nqa3fkgeigeri7iebtrsuyuey5y6vy36n345xmbi.ipfs.dweb.link/hidden.json",
            "ipfs://ipfs/\(DocumentScene.directory)/hidden.json",
        ])
    func spellings(other: String) async throws {
        try await DocumentScene.play { scene in
            scene.gateways[0].serves(Self.document)
            for uri in [Self.uri, other] {
                let outcome = try await scene.ask(uri)
                #expect(outcome.text == Self.document)
            }
            #expect(scene.gateways[0].requestCount == 1)
        }
    }

    @Test func `stands for media as each token's own URI names it`() async throws {
        try await DocumentScene.play { scene in
            scene.gateways[0].always(200, ["Content-Type: image/gif"], "GIF89a\u{0}\u{1}")
            let spellings = [
                "ipfs://\(DocumentScene.directory)/1.gif", "https://ipfs.io/ipfs/\(DocumentScene.directory)/1.gif",
            ]
            for uri in spellings {
                let outcome = try await scene.ask(uri)
                #expect(outcome.text == "{\"image\":\"\(uri)\"}")
            }
            #expect(scene.gateways[0].requestCount == 1)
        }
    }

    @Test func `is waited for no longer than each waiter's time, and fetched all the same`() async throws {
        try await DocumentScene.play { scene in
            let gate = Gate()
            scene.gateways[0].always { _ in Reply(200, [], Self.document).after(gate) }
            async let patient = scene.ask(Self.uri, token: TokenIdentifier(2))
            try await scene.gateways[0].received(1)
            let hasty = try await scene.ask(Self.uri, within: .milliseconds(50))
            let problem = try #require(hasty.problem)
            #expect(problem.isRetryable == true && hasty.attempts == ["timeout"])
            gate.open()
            let found = try await patient
            #expect(found.text == Self.document)
            #expect(try await scene.ask(Self.uri).text == Self.document)
            #expect(scene.gateways[0].requestCount == 1)
        }
    }

    @Test func `goes on being fetched when everybody has left`() async throws {
        try await DocumentScene.play { scene in
            let gate = Gate()
            scene.gateways[0].always { _ in Reply(200, [], Self.document).after(gate) }
            _ = try await scene.ask(Self.uri, within: .milliseconds(20))
            gate.open()
            try await eventually("it is remembered") {
                try await scene.ask(Self.uri).text == Self.document && scene.reads(.recent) > 0
            }
            #expect(scene.gateways[0].requestCount == 1)
        }
    }

    @Test func `gives all who wait the same account of a failure`() async throws {
        try await DocumentScene.play { scene in
            let gate = Gate()
            scene.host.always { _ in Reply(503).after(gate) }
            let url = scene.url("/1")
            async let first = scene.ask(url)
            async let second = scene.ask(url, token: TokenIdentifier(2))
            try await eventually("both wait") { scene.reads(.shared) == 1 }
            gate.open()
            for outcome in [try await first, try await second] {
                #expect(outcome.problem?.upstreamStatus == 503 && outcome.problem?.isRetryable == true)
                #expect(outcome.attempts == ["status-503"])
            }
            #expect(scene.host.requestCount == 1)
        }
    }

    @Test func `is not kept where its name does not determine it`() async throws {
        try await DocumentScene.play { scene in
            scene.host.serves(Self.document)
            scene.gateways[0].serves(Self.document)
            for uri in [scene.url("/1"), "ipns://example.eth/1"] {
                for _ in 0..<2 {
                    let outcome = try await scene.ask(uri)
                    #expect(outcome.text == Self.document && outcome.document?.isImmutable == false)
                }
            }
            #expect(scene.host.requestCount == 2)
            #expect(scene.gateways[0].requestCount == 2)
        }
    }
}

@Suite("Content that is held", .timeLimit(.minutes(2))) struct HeldContentScenarios {
    private static let old = #"{"name":"Held"}"#
    private static let new = #"{"name":"New"}"#

    @Test(arguments: [
        ("ipfs://\(DocumentScene.directory)/1", "https://ipfs.io/ipfs/\(DocumentScene.directory)/1"),
        ("ar://\(DocumentScene.transaction)/1", "https://arweave.net/\(DocumentScene.transaction)/1"),
    ])
    func `by identifier or transaction is not fetched again`(uri: String, other: String) async throws {
        try await DocumentScene.play { scene in
            let validators = SourceValidators(entityTag: "\"1\"")
            let held = try DocumentScene.held(Self.old, at: uri, validators)
            for uri in [uri, other] {
                let outcome = try await scene.ask(uri, holding: held)
                #expect(outcome.text == Self.old)
                #expect(outcome.document?.isImmutable == true && outcome.document?.validators == validators)
                #expect(outcome.document?.entityTag == held.etag)
            }
            #expect(scene.gateways[0].requestCount == 0)
            #expect(scene.reads(.held) == 2)
        }
    }

    @Test func `is known by its URI with the token's number filled in`() async throws {
        try await DocumentScene.play { scene in
            let uri = "ipfs://\(DocumentScene.directory)/{id}.json"
            let held = try DocumentScene.held(Self.old, at: uri)
            #expect(try await scene.ask(uri, holding: held).text == Self.old)
            #expect(scene.gateways[0].requestCount == 0)
        }
    }

    @Test func `is fetched when it is from another URI or another source, or no document`() async throws {
        let uri = "ipfs://\(DocumentScene.directory)/1"
        var missing = try DocumentScene.held(Self.old, at: uri)
        missing.outcome = .missing(reason: "Not yet.")
        for held in [
            try DocumentScene.held(Self.old, at: uri + "2"), try DocumentScene.held(Self.old, at: uri, from: "alchemy"),
            missing,
        ] {
            try await DocumentScene.play { scene in
                scene.gateways[0].serves(Self.new)
                let outcome = try await scene.ask(uri, holding: held)
                #expect(outcome.text == Self.new)
                #expect(scene.gateways[0].lastRequest?["If-None-Match"] == nil)
            }
        }
    }
}

extension DocumentScene {
    func reads(_ origin: Metrics.DocumentOrigin) -> Int {
        let sample = metrics.samples.first {
            $0.labels.first?.value == origin.rawValue && $0.name.contains("document_reads")
        }
        return Int(sample?.value ?? 0)
    }
}
