import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("What a web host answers", .timeLimit(.minutes(2))) struct ExchangeScenarios {
    private static let document = #"{"name":"One"}"#

    /// What a reply to the request for a document comes to.
    private static func outcome(
        _ options: DocumentScene.Options = .init(), of reply: Reply
    ) async throws -> DocumentScene.Outcome {
        var outcome: DocumentScene.Outcome?
        try await DocumentScene.play(options) { scene in
            scene.host.always { _ in reply }
            outcome = try await scene.ask(scene.url("/1"))
        }
        return try #require(outcome)
    }

    // MARK: Bodies that are no document

    @Test(
        "E-100 with a page at status 200 is no metadata",
        arguments: [
            "<!DOCTYPE html><html><body></body></html>", "<html><head><title>App</title></head></html>",
            "\n  <!doctype HTML>\n<html>", "<center><h1>Welcome to nginx!</h1></center>",
        ])
    func pages(page: String) async throws {
        for type in ["text/html", "application/json"] {
            let outcome = try await Self.outcome(of: Reply(200, ["Content-Type: \(type)"], page))
            #expect(outcome.unusable?.kind == .malformed, "\(type)")
        }
    }

    @Test(
        "E-101 with an error object at status 200 is told by what it says",
        arguments: [
            (#"{"message":"not found"}"#, UnusableDocument.Kind.absent), (#"{"statusCode":404}"#, .absent),
            (#"{"error":"Token does not exist"}"#, .absent), (#"{"error":"nope"}"#, .malformed),
            (#"{"statusCode":403,"message":"Forbidden"}"#, .refused),
        ])
    func errorObjects(text: String, kind: UnusableDocument.Kind) async throws {
        let outcome = try await Self.outcome(of: Reply(200, [], text))
        #expect(outcome.unusable?.kind == kind)
    }

    @Test(
        "E-101 with the news at status 200 that it cannot answer now has failed, and may not the next time",
        arguments: [
            #"{"statusCode":429,"message":"Too Many Requests"}"#, #"{"error":"rate limit exceeded"}"#,
            #"{"message":"Internal server error","statusCode":500}"#,
        ])
    func busy(text: String) async throws {
        let outcome = try await Self.outcome(of: Reply(200, [], text))
        #expect(outcome.problem?.isRetryable == true)
        #expect(outcome.attempts == ["error-message"])
    }

    @Test(
        "E-102 with something else than an object is no metadata",
        arguments: [
            ("", UnusableDocument.Kind.absent), (" \n", .absent), ("null", .absent), ("[]", .malformed),
            (#""text""#, .malformed), ("42", .malformed), ("true", .malformed), ("plain words", .malformed),
        ])
    func otherValues(text: String, kind: UnusableDocument.Kind) async throws {
        let outcome = try await Self.outcome(of: Reply(200, ["Content-Type: application/json"], text))
        #expect(outcome.unusable?.kind == kind)
    }

    @Test(
        "E-104 is read whatever its type is said to be",
        arguments: ["text/plain", "application/octet-stream", "text/html", "image/png", "nonsense", nil])
    func types(type: String?) async throws {
        let fields = type.map { ["Content-Type: \($0)"] } ?? []
        let outcome = try await Self.outcome(of: Reply(200, fields, Self.document))
        #expect(outcome.text == Self.document)
        #expect(outcome.document?.contentType == type)
    }

    @Test func `E-105 with media stands for a document that points at it`() async throws {
        for (bytes, field) in [
            ("GIF89a\u{0}", "image"), ("<svg xmlns=\"x\"/>", "image"), ("OggS\u{0}", "animation_url"),
        ] {
            try await DocumentScene.play { scene in
                scene.host.always(200, ["ETag: \"1\""], bytes)
                let outcome = try await scene.ask(scene.url("/1"))
                #expect(outcome.text == "{\"\(field)\":\"\(scene.url("/1"))\"}")
                #expect(outcome.document?.validators.entityTag == "\"1\"")
                #expect(outcome.document?.contentType == "application/json")
            }
        }
    }

    // MARK: Statuses

    @Test(
        "E-103 E-110 says for good that there is no document",
        arguments: [
            (204, UnusableDocument.Kind.absent), (404, .absent), (410, .absent), (401, .refused), (402, .refused),
            (403, .refused), (451, .refused),
        ])
    func verdicts(status: Int, kind: UnusableDocument.Kind) async throws {
        let outcome = try await Self.outcome(of: Reply(status))
        #expect(outcome.unusable?.kind == kind)
        #expect(outcome.attempts == ["status-\(status)"])
    }

    @Test(
        "E-111 E-112 fails in a way that may pass",
        arguments: [202, 408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 530, 599])
    func passing(status: Int) async throws {
        let outcome = try await Self.outcome(of: Reply(status, [], Self.document))
        #expect(outcome.problem?.status == 502 && outcome.problem?.isRetryable == true)
        #expect(outcome.problem?.upstreamStatus == status)
    }

    @Test("E-103 E-109 fails in a way that trying again does not mend", arguments: [206, 300, 304, 400, 405, 406, 412])
    func lasting(status: Int) async throws {
        let outcome = try await Self.outcome(of: Reply(status))
        #expect(outcome.problem?.isRetryable == false && outcome.problem?.upstreamStatus == status)
    }

    @Test(
        "E-111 429, 503 and OpenSea's 599 with Retry-After, in seconds or as a date, keep us away",
        arguments: [429, 503, 599])
    func holding(status: Int) async throws {
        for time in ["30", "{now+30}"] {
            try await DocumentScene.play { scene in
                scene.host.always(status, ["Retry-After: \(time)"])
                _ = try await scene.ask(scene.url("/1"))
                let second = try await scene.ask(scene.url("/2"))
                #expect(second.attempts == ["breaker-open"] && second.problem?.isRetryable == true)
                #expect(scene.host.requestCount == 1)
            }
        }
    }

    @Test func `E-109 is asked by an agent with a name, and by GET alone`() async throws {
        try await DocumentScene.play { scene in
            scene.host.serves(Self.document)
            _ = try await scene.ask(scene.url("/1"))
            #expect(scene.host.requests.map(\.method) == ["GET"])
            #expect(scene.host.lastRequest?["User-Agent"] == "mintcache/scene")
        }
    }

    // MARK: Redirects

    @Test func `E-103 that redirects is followed`() async throws {
        try await DocumentScene.play { scene in
            scene.host.always { request in
                request.target == "/1" ? Reply(301, ["Location: /moved"]) : Reply(200, [], Self.document)
            }
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.text == Self.document && scene.host.requestCount == 2)
        }
    }

    @Test func `E-103 that redirects in a circle is refused after five steps`() async throws {
        try await DocumentScene.play { scene in
            scene.host.always(302, ["Location: /1"])
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.unusable?.kind == .refused)
            #expect(scene.host.requestCount == 6)
        }
    }

    @Test("E-103 that redirects without saying where has failed", arguments: [301, 302, 303, 307, 308])
    func nowhere(status: Int) async throws {
        let outcome = try await Self.outcome(of: Reply(status))
        #expect(outcome.problem?.isRetryable == false)
        #expect(outcome.attempts == ["status-\(status)"])
    }

    @Test(
        "E-103 that redirects to a private address, or off the web, is refused",
        arguments: ["http://127.0.0.2/", "http://169.254.169.254/latest", "http://[::1]/", "file:///etc/passwd"])
    func forbidden(location: String) async throws {
        let outcome = try await Self.outcome(of: Reply(302, ["Location: \(location)"]))
        #expect(outcome.unusable?.kind == .refused)
        #expect(outcome.unusable?.reason.contains("passwd") == false)
    }

    @Test(
        "E-103 that redirects to content is answered by the gateways",
        arguments: [
            ("ipfs://\(DocumentScene.directory)/1", "/ipfs/\(DocumentScene.directory)/1"),
            ("IPFS://ipfs/\(DocumentScene.directory)/1", "/ipfs/\(DocumentScene.directory)/1"),
            ("ipns://example.eth/1", "/ipns/example.eth/1"),
            ("ar://\(DocumentScene.transaction)", "/\(DocumentScene.transaction)"),
        ])
    func content(location: String, target: String) async throws {
        try await DocumentScene.play { scene in
            scene.host.always(302, ["Location: \(location)"])
            scene.gateways[0].serves(Self.document, "ETag: \"of the gateway\"")
            for _ in 0..<2 {
                let outcome = try await scene.ask(scene.url("/1"))
                #expect(outcome.text == Self.document)
                // The host may send us elsewhere the next time, and knows nothing of the gateway's tags.
                #expect(outcome.document?.isImmutable == false && outcome.document?.validators == SourceValidators.none)
            }
            #expect(scene.gateways[0].lastRequest?.target == target)
            #expect(scene.host.requestCount == 2)
        }
    }

    @Test func `E-103 that redirects to content which nobody has is absent`() async throws {
        try await DocumentScene.play { scene in
            scene.host.always(302, ["Location: ipfs://\(DocumentScene.directory)/1"])
            scene.gateways[0].always(404)
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.unusable?.kind == .absent)
        }
    }

    @Test func `E-103 that redirects to content which redirects to content is followed no further`() async throws {
        try await DocumentScene.play { scene in
            scene.host.always(302, ["Location: ipfs://\(DocumentScene.directory)/1"])
            scene.gateways[0].always(302, ["Location: ipfs://\(DocumentScene.directory)/2"])
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.problem?.upstreamStatus == 302)
            #expect(scene.gateways[0].requestCount == 1)
        }
    }
}
