import EventLoops
import MintcacheTesting
import Synchronization
import Testing

@testable import Mintcache

@Suite("Routes: one fetch for many", .timeLimit(.minutes(1))) struct RouteSharingScenarios {
    /// What the origin does to 51 clients.
    enum Trouble: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case none = "a healthy origin"
        case firstClientLeaves = "the first client leaves"
        case firstFetchReset = "the first fetch is reset"
        case firstFetchFails = "the first fetch fails with 500"
        case everyFetchReset = "every fetch is reset"
        case hang = "the origin hangs"

        var testDescription: String { rawValue }

        var mostRequests: Int {
            switch self {
            case .none, .firstClientLeaves, .hang: 1
            case .firstFetchReset, .firstFetchFails, .everyFetchReset: 2
            }
        }

        var statuses: Set<Int> {
            switch self {
            case .none, .firstClientLeaves: [200]
            // The first client's own fetch may be repeated for it or not.
            case .firstFetchReset: [200, 502]
            case .firstFetchFails: [200, 500]
            case .everyFetchReset: [502, 503]
            case .hang: [504]
            }
        }
    }

    @Test(arguments: Trouble.allCases)
    func `51 clients that ask at once`(trouble: Trouble) async throws {
        var options = RouteScene.Options.origin()
        options.server = ["timeouts: { request: 1s }"]
        options.route = ["timeout: 5s"]
        options.retries = nil
        try await RouteScene.play(.memory, options) { scene in
            let gate = Gate()
            let good = Reply(200, ["Cache-Control: max-age=100"], "one")
            switch trouble {
            case .none, .firstClientLeaves: scene.origin.answers(good.after(gate))
            case .firstFetchReset: scene.origin.answers(Reply.reset.after(gate))
            case .firstFetchFails: scene.origin.answers(Reply(500, [], "broken").after(gate))
            case .everyFetchReset: scene.origin.always { _ in Reply.reset.after(gate) }
            case .hang: scene.origin.always { _ in .hang }
            }
            if ![.everyFetchReset, .hang].contains(trouble) { scene.origin.always { _ in good } }
            let opened = Opened()
            let crowd = try await RouteCrowd.ask(51, in: scene, leaver: trouble == .firstClientLeaves) {
                opened.note()
                gate.open()
            }
            #expect(crowd.count == (trouble == .firstClientLeaves ? 50 : 51))
            #expect(scene.origin.requestCount >= 1)
            #expect(scene.origin.requestCount <= trouble.mostRequests)
            for member in crowd {
                let answer = try #require(member.answer, "no answer in time")
                #expect(trouble.statuses.contains(answer.status))
                if answer.status == 200 { #expect(answer.text == "one") }
                if answer.status == 500 { #expect(answer.text == "broken") }
                // Told by what became of the fetch, not by the route's deadline. A quiet machine needs 20 ms.
                #expect(answer.arrival - opened.time < .seconds(4))
            }
            // A failure is the first client's alone, where another fetch went well.
            if [.firstFetchReset, .firstFetchFails].contains(trouble), scene.origin.requestCount == 2 {
                #expect(crowd.count { $0.answer?.status == 200 } >= 50)
            }
        }
    }

    @Test func `What turns out to be nobody else's does not make the next ones queue`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: private"], "mine")
            try await scene.get("/x").expect(200, "mine")
            let gate = Gate()
            scene.origin.always { _ in Reply(200, ["Cache-Control: private"], "mine").after(gate) }
            var clients: [SceneClient] = []
            for _ in 0..<5 {
                let client = try await scene.client()
                await client.ask("GET", "/x")
                clients.append(client)
            }
            // All five are with the origin before any of them is answered.
            try await scene.origin.received(6, within: .seconds(3))
            gate.open()
            for client in clients {
                try await client.answer().expect(200, "mine")
                await client.close()
            }
        }
    }

    @Test func `The mark of what cannot be shared goes when it can`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: private"], "mine")
            try await scene.get("/x").expect(200, "mine")
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "ours")
            try await scene.get("/x").expect(200, "ours", .forwarded)
            try await scene.get("/x").expect(200, "ours", .hit)
        }
    }

    @Test func `Those who waited for what turns out to be one client's alone ask for themselves`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.always { _ in Reply(200, ["Cache-Control: private"], "mine").after(gate) }
            let crowd = try await RouteCrowd.ask(10, in: scene) { gate.open() }
            #expect(crowd.allSatisfy { $0.answer?.text == "mine" })
            #expect(scene.origin.requestCount == 10)
        }
    }

    @Test func `A fetch goes on though every client has left, and fills the store`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"], "one").after(gate))
            let client = try await scene.client()
            await client.ask("GET", "/x")
            try await scene.origin.received(1)
            await client.close()
            gate.open()
            try await eventually("the stored answer") {
                try await scene.get("/x", "Cache-Control: only-if-cached").status == 200
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test func `Requests that differ by what the answer varies on are not given each other's`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.always { request in
                Reply(200, ["Cache-Control: max-age=100", "Vary: X-Kind"], request["X-Kind"] ?? "").after(gate)
            }
            var clients: [(kind: String, client: SceneClient)] = []
            for number in 0..<8 {
                let client = try await scene.client()
                await client.ask("GET", "/x", ["X-Kind: \(number % 2)"])
                clients.append(("\(number % 2)", client))
            }
            try await scene.origin.received(1)
            gate.open()
            for (kind, client) in clients {
                try await client.answer().expect(200, kind)
                await client.close()
            }
        }
    }
}

/// When a gate was opened.
private final class Opened: Sendable {
    private let moment = Mutex(MonotonicTime.current)
    func note() { moment.withLock { $0 = .current } }
    var time: MonotonicTime { moment.withLock { $0 } }
}
