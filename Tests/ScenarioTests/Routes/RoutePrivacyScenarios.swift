import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: one client's alone", .timeLimit(.minutes(1))) struct RoutePrivacyScenarios {
    /// Answers that nobody else may get.
    enum Personal: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case isPrivate = "private"
        case noStore = "no-store"
        case varyAny = "Vary: *"
        case error = "500 with Set-Cookie"

        var testDescription: String { rawValue }

        private var fields: [String] {
            switch self {
            case .isPrivate: ["Cache-Control: private, max-age=100"]
            case .noStore: ["Cache-Control: no-store"]
            case .varyAny: ["Cache-Control: max-age=100", "Vary: *"]
            case .error: []
            }
        }

        var status: Int { self == .error ? 500 : 200 }

        func reply(to request: ReceivedRequest, length: Int = 0) -> Reply {
            let who = request["Cookie"] ?? "nobody"
            let body = "for \(who) " + String(repeating: ".", count: length)
            return Reply(status, fields + ["Set-Cookie: id=\(who)"], body)
        }
    }

    private func expect(
        _ answer: SceneAnswer, _ personal: Personal, for who: String, _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        answer.expect(personal.status, nil, .forwarded, comment, sourceLocation: sourceLocation)
        #expect(answer.text.hasPrefix("for \(who) "), comment, sourceLocation: sourceLocation)
        #expect(answer.values("Set-Cookie") == ["id=\(who)"], comment, sourceLocation: sourceLocation)
        #expect(!answer.isStored, comment, sourceLocation: sourceLocation)
    }

    @Test(arguments: Personal.allCases, [0, 200_000])
    func `RFC 9111 §3: what is for one client reaches nobody who joined, though the one who asked has left`(
        personal: Personal, length: Int
    ) async throws {
        try await RouteScene.play { scene in
            for (path, leaves) in [("/stays", false), ("/leaves", true)] {
                let gate = Gate()
                let before = scene.origin.requestCount
                scene.origin.always { personal.reply(to: $0, length: length).after(gate) }
                let first = try await scene.asking(path, cookie: "a")
                try await scene.origin.received(before + 1)
                var joined: [(who: String, client: SceneClient)] = []
                try await scene.counting(2, "collapsed_requests") {
                    for who in ["b", "c"] { joined.append((who, try await scene.asking(path, cookie: who))) }
                }
                if leaves { try await scene.counting(1, "abandoned_requests") { await first.reset() } }
                gate.open()
                if !leaves { expect(try await first.answer(), personal, for: "a", "\(path)") }
                for (who, client) in joined {
                    expect(try await client.answer(), personal, for: who, "\(path)")
                    await client.close()
                }
                let asked = scene.origin.requests.dropFirst(before).map { $0["Cookie"] ?? "nobody" }
                #expect(asked.sorted() == ["a", "b", "c"], "\(path)")
                await first.close()
            }
        }
    }

    @Test(arguments: Personal.allCases, [0, 200_000])
    func `RFC 5861 §3: what a refresh brings for one client reaches nobody who joined it`(
        personal: Personal, length: Int
    ) async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10, stale-while-revalidate=60"], "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            scene.pass(seconds: 20)
            let gate = Gate()
            scene.origin.always { personal.reply(to: $0, length: length).after(gate) }
            try await scene.get("/x", "Cookie: a").expect(200, "one", .hit)
            try await scene.origin.received(2)
            // The window ends, so that there is nothing to give but what the refresh brings.
            scene.pass(seconds: 60)
            var joined: [(who: String, client: SceneClient)] = []
            try await scene.counting(2, "collapsed_requests") {
                for who in ["b", "c"] { joined.append((who, try await scene.asking("/x", cookie: who))) }
            }
            gate.open()
            for (who, client) in joined {
                expect(try await client.answer(), personal, for: who)
                await client.close()
            }
            expect(try await scene.get("/x"), personal, for: "nobody")
        }
    }

    @Test(arguments: ["", "public, ", "must-revalidate, ", "s-maxage=1000, "])
    func `RFC 9111 §3.5: a refresh with Authorization stores only what may be shared nevertheless`(
        permission: String
    ) async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: public, max-age=10, stale-while-revalidate=60"], "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            scene.pass(seconds: 20)
            scene.origin.always {
                Reply(200, ["Cache-Control: \(permission)max-age=1000"], "for \($0["Authorization"] ?? "nobody")")
            }
            try await scene.get("/x", "Authorization: Bearer a").expect(200, "one", .hit)
            try await scene.origin.received(2)
            try await scene.settle()
            let within = try await scene.get("/x")
            scene.pass(seconds: 60)
            let after = try await scene.get("/x")
            if permission.isEmpty {
                #expect(["one", "for nobody"].contains(within.text))
                after.expect(200, "for nobody")
            } else {
                // Authorization goes along, and the answer is everybody's.
                #expect(["one", "for Bearer a"].contains(within.text))
                after.expect(200, "for Bearer a", .hit)
            }
        }
    }

    @Test func `RFC 9111 §4.3.4: a 304 that is for one client alone refreshes nothing for others`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\""], "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            scene.pass(seconds: 20)
            let gate = Gate()
            scene.origin.always { request in
                let who = request["Cookie"] ?? "nobody"
                let fields = ["Cache-Control: private, max-age=100", "ETag: \"a\"", "Set-Cookie: id=\(who)"]
                let isKnown = request["If-None-Match"] != nil
                return Reply(isKnown ? 304 : 200, fields, isKnown ? "" : "one").after(gate)
            }
            let first = try await scene.asking("/x", cookie: "a")
            try await scene.origin.received(2)
            #expect(scene.origin.lastRequest?["If-None-Match"] == "\"a\"")
            var second: SceneClient?
            try await scene.counting(1, "collapsed_requests") {
                second = try await scene.asking("/x", cookie: "b")
            }
            let joined = try #require(second)
            gate.open()
            let late = try await scene.get("/x", "Cookie: c")
            for (who, answer) in [("a", try await first.answer()), ("b", try await joined.answer()), ("c", late)] {
                answer.expect(200, "one", .forwarded, "\(who)")
                #expect(answer.values("Set-Cookie") == ["id=\(who)"])
                #expect(!answer.isStored, "\(who)")
            }
            await first.close()
            await joined.close()
        }
    }
}
