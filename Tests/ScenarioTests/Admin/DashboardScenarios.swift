import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("What the dashboard is made from", .timeLimit(.minutes(2))) struct DashboardScenarios {
    @Test func `is a page that needs no token and may do nothing but talk to this listener`() async throws {
        try await Scene.play { scene in
            let page = try await scene.admin("GET", "/", token: nil)
            #expect(page.status == 200)
            #expect(page["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(page["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"))
            #expect(!policy.contains("unsafe"))
            #expect(page["X-Content-Type-Options"] == "nosniff")
            #expect(try await scene.admin("HEAD", "/", token: nil).status == 200)
            #expect(try await scene.admin("POST", "/", token: nil).status == 401)
        }
    }

    @Test func `has every file that the page and its scripts name`() async throws {
        try await Scene.play { scene in
            var waiting = ["/"], seen: Set<String> = []
            while let path = waiting.popLast() {
                guard seen.insert(path).inserted else { continue }
                let file = try await scene.admin("GET", path, token: nil)
                #expect(file.status == 200, "\(path)")
                #expect(!file.body.isEmpty)
                let text = file.text
                waiting += text.matches(of: /(?:href|src)="(dashboard\/[^"]+)"/).map { "/\($0.1)" }
                waiting += text.matches(of: /from '\.\/([a-z]+\.js)'/).map { "/dashboard/\($0.1)" }
            }
            #expect(seen.count > 10)
        }
    }

    @Test func `is not sent again to a browser that has it`() async throws {
        try await Scene.play { scene in
            let tag = try #require(try await scene.admin("GET", "/dashboard/main.js", token: nil)["ETag"])
            let connection = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
            let again = try await connection.request("GET", "/dashboard/main.js", fields: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(again["Content-Security-Policy"] != nil)
        }
    }

    @Test func `gives a token, its document and its image to who has the admin token`() async throws {
        try await Scene.play { scene in
            let path = "/admin/tokens/demo/\(scene.contract("Orchard").lowercase)/7"
            let token = try JSONDocument(validating: try await scene.admin("GET", path).body).root
            #expect(token["name"]?.string == "Orchard #7")
            let document = try await scene.admin("GET", path + "/metadata")
            #expect(document["Content-Type"] == "text/plain; charset=utf-8")
            let publicly = try await scene.get(scene.path("Orchard", 7, "/metadata"))
            #expect(document.body == publicly.body)
            let image = try await scene.admin("GET", path + "/image")
            #expect(image["Content-Type"] == "image/png")
            #expect(image.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            for suffix in ["", "/metadata", "/image"] {
                #expect(try await scene.admin("GET", path + suffix, token: nil).status == 401)
            }
        }
    }

    @Test(arguments: [
        (VitrineCase.hostileVector, 200, "image/svg+xml"), (.raster, 200, "image/png"), (.disguisedPage, 502, ""),
        (.script, 404, ""), (.nowhere, 404, ""), (.none, 404, ""), (.privateAddress, 502, ""),
    ])
    func `gives an image, and nothing that is none`(piece: VitrineCase, status: Int, type: String) async throws {
        try await Scene.play { scene in
            let path = "/admin/tokens/demo/\(scene.contract("Vitrine").lowercase)/\(piece.rawValue)/image"
            let answer = try await scene.admin("GET", path)
            #expect(answer.status == status)
            if status == 200 {
                #expect(answer["Content-Type"] == type)
                #expect(answer["Content-Security-Policy"]?.contains("sandbox") == true)
            } else {
                #expect(answer["Content-Type"] == "application/problem+json")
            }
        }
    }

    @Test func `tells what went wrong, without the log`() async throws {
        try await Scene.play { scene in
            _ = try await scene.admin("GET", "/admin/<script>", token: nil)
            let errors = try JSONDocument(validating: try await scene.admin("GET", "/admin/errors").body).root
            let event = try #require(errors["events"]?.elements.first { _ in true })
            #expect(event["level"]?.string == "warning")
            #expect(event["message"]?.string == "an admin request was refused")
            #expect(event["fields"]?.elements.contains { $0.string == "path: /admin/<script>" } == true)
        }
    }

    @Test func `tells of the statistics at once, and ends when the process is to stop`() async throws {
        try await Scene.play { scene in
            let stream = try await Self.stream(of: scene)
            try await stream.expect("event: errors")
            await scene.proxy.stop()
            let answer = try await stream.answer()
            #expect(answer["Content-Type"] == "text/event-stream")
            #expect(answer.text.hasPrefix("retry: 1000\n\nevent: hello\ndata: {\"instance\":\"scene-"))
            #expect(answer.text.contains("\n\nevent: stats\ndata: {\"version\":"))
            #expect(answer.text.contains("\n\nevent: errors\ndata: {\"events\":"))
        }
    }

    @Test func `serves a bounded number of streams, and takes back the place of one that has gone`() async throws {
        try await Scene.play { scene in
            var streams: [HTTPConnection] = []
            for _ in 0..<DashboardFeed.maximumStreams { streams.append(try await Self.stream(of: scene)) }
            let refused = try await scene.admin("GET", "/admin/events")
            #expect(refused.status == 503)
            #expect(refused["Retry-After"] == "5")
            await streams.removeLast().close()
            try await eventually("a place is free") {
                let stream = try await Self.stream(of: scene)
                defer { Task { await stream.close() } }
                return try await scene.admin("GET", "/admin/events").status == 503
            }
            for stream in streams { await stream.close() }
        }
    }

    @Test func `refuses the events without the token`() async throws {
        try await Scene.play { scene in
            let refused = try await scene.admin("GET", "/admin/events", token: "wrong")
            #expect(refused.status == 401)
            let head = try await scene.admin("HEAD", "/admin/events")
            #expect(head["Content-Type"] == "text/event-stream")
            let posted = try await scene.admin("POST", "/admin/events")
            #expect(posted.status == 405)
        }
    }

    /// Asks for the events, and waits until the proxy has begun to answer: a request under way could still be too late.
    private static func stream(of scene: Scene) async throws -> HTTPConnection {
        let connection = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
        await connection.send(
            "GET /admin/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(Scene.adminToken)\r\n\r\n")
        try await connection.expect("\r\n\r\n")
        return connection
    }
}
