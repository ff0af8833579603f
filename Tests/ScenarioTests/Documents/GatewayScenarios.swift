import EventLoops
import MintcacheTesting
import Testing
import Tokens
import UpstreamFetching

@testable import Mintcache

@Suite("Gateways", .timeLimit(.minutes(2))) struct GatewayScenarios {
    private static let uri = "ipfs://\(DocumentScene.directory)/1"
    private static let document = #"{"name":"One"}"#
    private static let page = "<!DOCTYPE html><html><head><title>Oops</title></head></html>"

    @Test func `are asked one at a time while they answer`() async throws {
        try await DocumentScene.play(.init(gateways: 3, hedge: .after(.seconds(4)))) { scene in
            scene.gateways[0].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(scene.gateways.map(\.requestCount) == [1, 0, 0])
            #expect(scene.gateways[0].lastRequest?.target == "/ipfs/\(DocumentScene.directory)/1")
            #expect(scene.standing(0)?.answers == 1 && scene.standing(0)?.health == 1)
        }
    }

    @Test func `that take long are joined by the next, and broken off when it wins`() async throws {
        try await DocumentScene.play(.init(gateways: 3, hedge: .after(.milliseconds(30)))) { scene in
            scene.gateways[0].always { _ in .hang }
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(scene.gateways.map(\.requestCount) == [1, 1, 0])
            #expect(scene.metrics.hedges.current == 1 && scene.metrics.hedgesWon.current == 1)
            try await eventually("the slow one is let go") { scene.gateways[0].openConnectionCount == 0 }
            let slow = try #require(scene.standing(0))
            #expect(slow.health < 1 && slow.failures == 0)
        }
    }

    @Test func `that take long may still be first`() async throws {
        try await DocumentScene.play(.init(gateways: 2, hedge: .after(.milliseconds(30)))) { scene in
            let gate = Gate()
            scene.gateways[0].always { _ in Reply(200, [], Self.document).after(gate) }
            scene.gateways[1].always { _ in
                gate.open()
                return .hang
            }
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(scene.metrics.hedges.current == 1 && scene.metrics.hedgesWon.current == 0)
            try await eventually("the other is let go") { scene.gateways[1].openConnectionCount == 0 }
            #expect(scene.standing(1)?.health ?? 1 == 1)
        }
    }

    @Test func `that usually answer are given the time they usually take`() async throws {
        try await DocumentScene.play(.init(gateways: 2, hedge: .percentile95)) { scene in
            scene.gateways[0].serves(Self.document)
            scene.gateways[1].serves(Self.document)
            for number in 0..<10 { _ = try await scene.ask("ipfs://\(DocumentScene.directory)/\(number)") }
            #expect(scene.gateways.map(\.requestCount) == [10, 0])
            scene.gateways[0].always { _ in .hang }
            let start = MonotonicTime.current
            _ = try await scene.ask("ipfs://\(DocumentScene.directory)/x")
            // Not the second that one of unknown speed is given.
            #expect(MonotonicTime.current - start < .milliseconds(900))
            #expect(scene.gateways.map(\.requestCount) == [11, 1])
        }
    }

    @Test(
        "E-112 that fail are followed by the next at once",
        arguments: [Reply(500), Reply(502), Reply(504), Reply(522), Reply(429), Reply(403), Reply(400), .close, .reset])
    func failing(reply: Reply) async throws {
        try await DocumentScene.play(.init(gateways: 2, hedge: .off, retries: 2)) { scene in
            scene.gateways[0].always { _ in reply }
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            // Not asked again: another is there.
            #expect(scene.gateways[0].requestCount == 1)
            #expect(scene.standing(0)?.consecutiveFailures == 1)
            #expect(scene.metrics.hedges.current == 0)
            #expect(scene.gatewayFailures == 1)
        }
    }

    @Test func `that all fail are asked again, the last of them, before anybody is told`() async throws {
        try await DocumentScene.play(.init(gateways: 2, retries: 2)) { scene in
            scene.gateways[0].always(503)
            scene.gateways[1].always(504)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.problem?.isRetryable == true && outcome.problem?.upstreamStatus == 504)
            #expect(outcome.attempts == ["status-503", "status-504"])
            #expect(scene.gateways.map(\.requestCount) == [1, 3])
        }
    }

    @Test func `that hang leave time for the next without a hedge, too`() async throws {
        try await DocumentScene.play(.init(gateways: 2, hedge: .off, timeout: .milliseconds(800))) { scene in
            scene.gateways[0].always { _ in .hang }
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(outcome.attempts == ["timeout"])
        }
    }

    @Test("that have not got it, or withhold it, do not speak for the others", arguments: [404, 410, 451])
    func disbelieved(status: Int) async throws {
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            scene.gateways[0].always(status)
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            // Not to have it is no fault.
            #expect(scene.standing(0)?.failures ?? 0 == 0)
        }
    }

    @Test(
        "are believed when all who answer say no",
        arguments: [
            ([404, 404], UnusableDocument.Kind.absent), ([404, 503], .absent), ([410, 404], .absent),
            ([451, 451], .refused), ([451, 404], .absent), ([451, 500], .refused),
        ])
    func believed(statuses: [Int], kind: UnusableDocument.Kind) async throws {
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            for (gateway, status) in zip(scene.gateways, statuses) { gateway.always(status) }
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.unusable?.kind == kind)
            #expect(outcome.attempts == statuses.map { "status-\($0)" })
        }
    }

    @Test func `E-100 that answer with a page are not believed while another has the document`() async throws {
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            scene.gateways[0].always(200, ["Content-Type: text/html"], Self.page)
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(scene.standing(0)?.consecutiveFailures == 1)
        }
    }

    @Test func `E-100 that answer with a page are believed when all do, and not when one cannot be asked`() async throws
    {
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            for gateway in scene.gateways { gateway.always(200, ["Content-Type: text/html"], Self.page) }
            let agreed = try await scene.ask(Self.uri)
            #expect(agreed.unusable?.kind == .malformed)
            #expect(scene.standing(0)?.failures ?? 0 == 0)
            scene.gateways[1].always(503)
            let disputed = try await scene.ask(Self.uri)
            #expect(disputed.unusable == nil && disputed.problem?.isRetryable == true)
        }
    }

    @Test func `E-48 that list a directory where the document should be are told so`() async throws {
        try await DocumentScene.play { scene in
            let listing = "<!DOCTYPE html><html><head><title>/ipfs/\(DocumentScene.directory)/</title></head></html>"
            scene.gateways[0].always(200, ["Content-Type: text/html", "ETag: \"DirIndex-1_CID-x\""], listing)
            let outcome = try await scene.ask("ipfs://\(DocumentScene.directory)")
            #expect(outcome.unusable?.kind == .malformed)
            #expect(outcome.unusable?.reason.contains("directory") == true)
        }
    }

    @Test func `that send other bytes than the identifier stands for are passed over, and it counts`() async throws {
        // The raw bytes {"name":"Raw"}.
        let bytes = Array(#"{"name":"Raw"}"#.utf8)
        let identifier = "f01551220" + SHA256.hash(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            scene.gateways[0].serves(#"{"name":"Forged"}"#)
            scene.gateways[1].serves(#"{"name":"Raw"}"#)
            let outcome = try await scene.ask("ipfs://\(identifier)")
            #expect(outcome.text == #"{"name":"Raw"}"#)
            #expect(outcome.attempts == ["mismatch"])
            #expect(scene.standing(0)?.consecutiveFailures == 1)
            // Below a directory nobody can tell.
            let unchecked = try await scene.ask("ipfs://\(identifier)/1")
            #expect(unchecked.text == #"{"name":"Forged"}"#)
        }
    }

    @Test func `E-117 get their own secrets and nobody else's`() async throws {
        let headers = [[(name: "X-Key", value: "first")], [(name: "X-Key", value: "second")]]
        try await DocumentScene.play(.init(gateways: 2, headers: headers)) { scene in
            scene.gateways[0].always(503)
            let host = scene.host.port
            scene.gateways[1].always(302, ["Location: http://127.0.0.1:\(host)/elsewhere"])
            scene.host.serves(Self.document)
            let outcome = try await scene.ask(Self.uri)
            #expect(outcome.text == Self.document)
            #expect(scene.gateways[0].lastRequest?["X-Key"] == "first")
            #expect(scene.gateways[1].lastRequest?["X-Key"] == "second")
            #expect(scene.host.lastRequest?["X-Key"] == nil)
        }
    }

    @Test func `E-44 of a collection's own are asked before all others`() async throws {
        try await DocumentScene.play(.init(gateways: 1)) { scene in
            let own = Configuration.Endpoint(url: "http://127.0.0.1:\(scene.host.port)", headers: [("X-Key", "own")])
            scene.host.answers(404)
            scene.gateways[0].serves(Self.document)
            let outcome = try await scene.ask(Self.uri, gateway: own)
            #expect(outcome.text == Self.document)
            #expect(scene.host.lastRequest?["X-Key"] == "own" && scene.host.requestCount == 1)
            #expect(scene.gateways[0].lastRequest?["X-Key"] == nil)
        }
    }

    @Test func `of Arweave may send us to the host that is named for the transaction`() async throws {
        try await DocumentScene.play { scene in
            scene.gateways[0].always(
                302, ["Location: http://127.0.0.1:\(scene.host.port)/\(DocumentScene.transaction)/1"])
            scene.host.serves(Self.document)
            let outcome = try await scene.ask("ar://\(DocumentScene.transaction)/1")
            #expect(outcome.text == Self.document && outcome.document?.isImmutable == true)
            #expect(scene.gateways[0].lastRequest?.target == "/\(DocumentScene.transaction)/1")
        }
    }

    @Test func `E-51 are trusted with nothing where a name on Arweave becomes a host below theirs`() throws {
        let gateway = Configuration.Endpoint(url: "https://arweave.example", headers: [("X-Key", "secret")])
        let name = try #require(ContentPlace(TokenURI(parsing: "ar://drops/1"), at: gateway, of: .arweave))
        #expect(name.url == "https://drops.arweave.example/1")
        #expect(name.trust == .untrusted && name.fields.isEmpty)
        let uri = TokenURI(parsing: "ar://\(DocumentScene.transaction)/1")
        let transaction = try #require(ContentPlace(uri, at: gateway, of: .arweave))
        #expect(transaction.trust == .configured && transaction.fields.map(\.value) == ["secret"])
    }

    @Test func `that send us to a private address have failed, and the next is asked`() async throws {
        try await DocumentScene.play(.init(gateways: 2)) { scene in
            scene.gateways[0].always(302, ["Location: http://127.0.0.2:80/\(DocumentScene.transaction)"])
            scene.gateways[1].serves(Self.document)
            let outcome = try await scene.ask("ar://\(DocumentScene.transaction)")
            #expect(outcome.text == Self.document)
            #expect(outcome.attempts == ["refused-address"])
        }
    }

    @Test func `E-103 202 of a transaction that is pending is no document, and may be one later`() async throws {
        try await DocumentScene.play { scene in
            scene.gateways[0].always(202, ["Content-Type: text/plain"], "Pending")
            let outcome = try await scene.ask("ar://\(DocumentScene.transaction)")
            #expect(outcome.problem?.isRetryable == true && outcome.problem?.upstreamStatus == 202)
        }
    }
}

extension DocumentScene {
    /// How a gateway of the list is doing, by its place.
    func standing(_ index: Int) -> GatewayStanding? {
        table.reports.first { $0.host == "127.0.0.1:\(gateways[index].port)" }?.standing
    }

    var gatewayFailures: UInt64 {
        metrics.samples.filter { $0.name.contains("gateway_failures") }.reduce(0) { $0 + $1.value }
    }
}
