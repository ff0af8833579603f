import Testing
import Tokens

@testable import Mintcache

@Suite("A document that may have changed", .timeLimit(.minutes(2))) struct RevalidationScenarios {
    private static let old = #"{"name":"Held"}"#
    private static let new = #"{"name":"New"}"#
    private static let date = "Mon, 01 Jan 2024 00:00:00 GMT"

    @Test func `E-119 is asked for by the validators of the copy held, which an unchanged one keeps`() async throws {
        try await DocumentScene.play { scene in
            let validators = SourceValidators(entityTag: "\"one\"", lastModified: Self.date)
            let held = try DocumentScene.held(Self.old, at: scene.url("/1"), validators)
            scene.host.answers(304)
            let outcome = try await scene.ask(scene.url("/1"), holding: held)
            #expect(outcome.text == Self.old)
            #expect(outcome.document?.validators == validators && outcome.document?.isImmutable == false)
            #expect(outcome.document?.contentType == "application/json" && outcome.document?.entityTag == held.etag)
            #expect(scene.host.lastRequest?["If-None-Match"] == "\"one\"")
            #expect(scene.host.lastRequest?["If-Modified-Since"] == Self.date)
            #expect(scene.reads(.notModified) == 1)
        }
    }

    @Test func `E-119 takes new validators with the news that it is the same`() async throws {
        try await DocumentScene.play { scene in
            let validators = SourceValidators(entityTag: "\"one\"", lastModified: Self.date)
            let held = try DocumentScene.held(Self.old, at: scene.url("/1"), validators)
            scene.host.answers(304, ["ETag: \"two\""])
            let outcome = try await scene.ask(scene.url("/1"), holding: held)
            #expect(outcome.document?.validators == SourceValidators(entityTag: "\"two\"", lastModified: Self.date))
        }
    }

    @Test func `E-119 is taken with its validators when it is another`() async throws {
        try await DocumentScene.play { scene in
            let held = try DocumentScene.held(
                Self.old, at: scene.url("/1"), SourceValidators(entityTag: "\"one\"", lastModified: Self.date))
            scene.host.answers(200, ["ETag: W/\"two\""], Self.new)
            let outcome = try await scene.ask(scene.url("/1"), holding: held)
            #expect(outcome.text == Self.new)
            #expect(outcome.document?.validators == SourceValidators(entityTag: "W/\"two\""))
        }
    }

    @Test func `is asked for without conditions when nothing of that URI is held`() async throws {
        try await DocumentScene.play { scene in
            let validators = SourceValidators(entityTag: "\"one\"")
            scene.host.serves(Self.new, "Last-Modified: \(Self.date)")
            for held in [
                nil, try DocumentScene.held(Self.old, at: scene.url("/2"), validators),
                try DocumentScene.held(Self.old, at: scene.url("/1"), from: "moralis", validators),
                try DocumentScene.held(Self.old, at: scene.url("/1")),
            ] {
                let outcome = try await scene.ask(scene.url("/1"), holding: held)
                #expect(outcome.text == Self.new)
                #expect(outcome.document?.validators == SourceValidators(lastModified: Self.date))
                #expect(scene.host.lastRequest?["If-None-Match"] == nil)
            }
        }
    }

    @Test func `is no document when a host says unchanged to somebody who holds nothing`() async throws {
        try await DocumentScene.play { scene in
            scene.host.always(304, ["ETag: \"one\""])
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.problem?.status == 502)
            #expect(outcome.attempts == ["status-304"])
        }
    }

    @Test func `E-110 is asked for again without conditions when the host fails them with 412`() async throws {
        try await DocumentScene.play { scene in
            let held = try DocumentScene.held(Self.old, at: scene.url("/1"), SourceValidators(entityTag: "\"one\""))
            scene.host.always { request in
                request["If-None-Match"] == nil ? Reply(200, [], Self.new) : Reply(412)
            }
            let outcome = try await scene.ask(scene.url("/1"), holding: held)
            #expect(outcome.text == Self.new)
            #expect(scene.host.requestCount == 2)
        }
    }

    @Test func `E-36 under a name of IPFS is compared by its tag alone, whichever gateway gave it`() async throws {
        try await DocumentScene.play { scene in
            let uri = "ipns://example.eth/1"
            let validators = SourceValidators(entityTag: "\"bafy\"", lastModified: Self.date)
            let held = try DocumentScene.held(Self.old, at: uri, validators)
            scene.gateways[0].answers(304)
            let outcome = try await scene.ask(uri, holding: held)
            #expect(outcome.text == Self.old && outcome.document?.isImmutable == false)
            #expect(scene.gateways[0].lastRequest?["If-None-Match"] == "\"bafy\"")
            #expect(scene.gateways[0].lastRequest?["If-Modified-Since"] == nil)
        }
    }

    @Test func `is fetched once for all who hold the same copy, and each keeps its own`() async throws {
        try await DocumentScene.play { scene in
            let gate = Gate()
            scene.host.always { _ in Reply(304).after(gate) }
            let url = scene.url("/1")
            let same = SourceValidators(entityTag: "\"one\"")
            let helds = try (1...3).map { number in
                try DocumentScene.held(
                    #"{"name":"Held \#(number)"}"#, at: url, token: TokenIdentifier(UInt64(number)), same)
            }
            let other = try DocumentScene.held(Self.old, at: url, SourceValidators(entityTag: "\"two\""))
            let texts = try await withThrowingTaskGroup(of: String?.self) { group in
                for held in helds + [other] {
                    group.addTask { try await scene.ask(url, token: held.reference.token, holding: held).text }
                }
                try await scene.host.received(2)
                gate.open()
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(texts == ["{\"name\":\"Held 1\"}", "{\"name\":\"Held 2\"}", "{\"name\":\"Held 3\"}", Self.old])
            #expect(scene.host.requestCount == 2)
        }
    }
}
