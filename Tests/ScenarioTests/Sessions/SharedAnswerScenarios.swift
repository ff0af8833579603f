import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Answers that wallets may share, on a route that leaves it to the origin", .timeLimit(.minutes(1)))
struct SharedAnswerScenarios {
    @Test(arguments: [
        [], ["Cache-Control: max-age=60"], ["Last-Modified: {now-86400}"], ["ETag: \"same\""],
        ["Expires: {now+60}"], ["Cache-Control: max-age=60", "Vary: Accept"],
    ])
    func `stay with the wallet that they were made for where the origin says nothing else`(
        _ fields: [String]
    )
        async throws
    {
        try await Self.play(fields) { scene, alice, bob in
            for _ in 0..<2 {
                for page in [alice, bob] {
                    let answer = try await scene.ask("GET", "/stated/a", page.fields)
                    #expect(answer.text == page.target)
                    #expect(answer["Cache-Status"]?.contains("detail=authorization") == true)
                }
            }
            #expect(try await scene.ask("GET", "/stated/a").text == "for ")
            #expect(scene.origin.requestCount == 5)
        }
    }

    @Test(arguments: ["public, max-age=60", "s-maxage=60", "max-age=60, must-revalidate"])
    func `are given to all where the origin says so`(_ directives: String) async throws {
        try await Self.play(["Cache-Control: \(directives)"]) { scene, alice, bob in
            #expect(try await scene.ask("GET", "/stated/a", alice.fields).text == alice.target)
            for fields in [bob.fields, []] {
                let answer = try await scene.ask("GET", "/stated/a", fields)
                #expect(answer.text == alice.target && answer["Cache-Status"]?.contains("hit") == true)
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test func `are no wallet's when they were made for nobody, unless the origin says so`() async throws {
        try await Self.play(["Cache-Control: max-age=60"]) { scene, alice, _ async throws in
            #expect(try await scene.ask("GET", "/stated/a").text == "for ")
            #expect(try await scene.ask("GET", "/stated/a", alice.fields).text == alice.target)
            // Those who are not signed in go on sharing.
            #expect(try await scene.ask("GET", "/stated/a")["Cache-Status"]?.contains("hit") == true)
            #expect(scene.origin.requestCount == 2)
        }
    }

    @Test func `are fetched by each wallet for itself, though they ask at once`() async throws {
        try await Self.play(["Cache-Control: max-age=60"]) { scene, alice, bob in
            let gate = Gate()
            scene.origin.answers(
                Reply(steps: [.requestBody, .wait(gate), .standing]),
                Reply(steps: [.requestBody, .wait(gate), .standing]))
            async let first = scene.ask("GET", "/stated/a", alice.fields)
            async let second = scene.ask("GET", "/stated/a", bob.fields)
            try await scene.origin.received(2)
            gate.open()
            #expect(try await first.text == alice.target)
            #expect(try await second.text == bob.target)
        }
    }

    /// A scene with an origin that says whom it answers, and two who are signed in.
    private static func play(
        _ fields: [String], _ scenario: (SessionScene, SessionPage, SessionPage) async throws -> Void
    ) async throws {
        try await SessionScene.play { scene in
            scene.origin.always { request in
                Reply(200, fields, "for " + request.values(RouteVisitor.fieldName).joined())
            }
            var (alice, bob) = (SessionPage(scene, 1), SessionPage(scene, 2))
            try await alice.signIn()
            try await bob.signIn()
            try await scenario(scene, alice, bob)
        }
    }
}

extension SessionPage {
    /// What the origin says to it.
    fileprivate var target: String { "for \(wallet.address.lowercased())" }
}
