import Testing

@testable import Mintcache

@Suite("Routes: framing", .timeLimit(.minutes(1))) struct RouteFramingScenarios {
    private static let head = "HTTP/1.1 200 OK\r\nDate: {now}\r\nCache-Control: max-age=100\r\n"

    private static let broken: [(name: String, reply: Reply)] = [
        ("a body shorter than declared", .octets("\(head)Content-Length: 10\r\n\r\nshort", then: [.close])),
        ("a body that is reset", .octets("\(head)Content-Length: 10\r\n\r\nshort", then: [.reset])),
        (
            "a chunked body without its end",
            .octets("\(head)Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n", then: [.close])
        ),
        ("half a chunk", .octets("\(head)Transfer-Encoding: chunked\r\n\r\n9\r\none", then: [.close])),
        (
            "a chunk size that is none",
            .octets("\(head)Transfer-Encoding: chunked\r\n\r\nxyz\r\none\r\n0\r\n\r\n", then: [.close])
        ),
        (
            "a chunk longer than it says",
            .octets("\(head)Transfer-Encoding: chunked\r\n\r\n3\r\noneone\r\n0\r\n\r\n", then: [.close])
        ),
        (
            "a chunk size beyond all bounds",
            .octets("\(head)Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\none\r\n0\r\n\r\n", then: [.close])
        ),
        (
            "a chunk size with a sign",
            .octets("\(head)Transfer-Encoding: chunked\r\n\r\n+3\r\none\r\n0\r\n\r\n", then: [.close])
        ),
        ("two lengths", .octets("\(head)Content-Length: 3\r\nContent-Length: 5\r\n\r\none!!", then: [.close])),
        ("a list of two lengths", .octets("\(head)Content-Length: 3, 5\r\n\r\none!!", then: [.close])),
        ("a negative length", .octets("\(head)Content-Length: -3\r\n\r\none", then: [.close])),
        ("a length that is no number", .octets("\(head)Content-Length: three\r\n\r\none", then: [.close])),
        ("a length with a sign", .octets("\(head)Content-Length: +3\r\n\r\none", then: [.close])),
        (
            "lines that end with LF alone",
            .octets("HTTP/1.1 200 OK\nCache-Control: max-age=100\nContent-Length: 3\n\none", then: [.close])
        ),
        ("one line that ends with LF alone", .octets("\(head)X-A: b\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a space before the colon", .octets("\(head)X-A : b\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a line without colon", .octets("\(head)nonsense\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a NUL in a field", .octets("\(head)X-A: b\u{0}c\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a CR in a field", .octets("\(head)X-A: b\rc\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a status that is no number", .octets("HTTP/1.1 abc OK\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("a status of two digits", .octets("HTTP/1.1 20 OK\r\nContent-Length: 3\r\n\r\none", then: [.close])),
        ("no HTTP at all", .octets("SSH-2.0-OpenSSH_9.9\r\n", then: [.close])),
        ("nothing", .close),
        ("an unknown transfer coding", .octets("\(head)Transfer-Encoding: odd\r\n\r\none", then: [.close])),
    ]

    @Test(arguments: Tier.allCases)
    func `RFC 9112 §8: an answer that breaks its framing is a 502, and is never stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            for (number, (name, reply)) in Self.broken.enumerated() {
                // A connection that ends without a word may have been dead before, so the request is sent again once.
                scene.origin.answers(reply, reply)
                let answer = try await scene.get("/\(number)")
                #expect(answer.status == 502, "\(name)")
                #expect(answer.text.contains("urn:mintcache:problem:"), "\(name)")
                scene.origin.forgetScript()
                scene.origin.always(200, ["Cache-Control: max-age=100"], "good")
                try await scene.get("/\(number)").expect(200, "good", .forwarded, "\(name)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9112 §6.3: a body that ends with the connection is whole, and may be stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(.octets("\(Self.head)\r\none", then: [.close]))
            try await scene.get("/x").expect(200, "one", .forwarded)
            try await scene.get("/x").expect(200, "one", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9112 §7.1: chunks make a whole, extensions and all`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(
                .octets(
                    "\(Self.head)Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"))
            try await scene.get("/x").expect(200, "one0123456789", .forwarded)
            try await scene.get("/x").expect(200, "one0123456789", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9112 §6.3: octets beyond the declared length are discarded, and their connection with them`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let surplus = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            scene.origin.answers(.octets("\(Self.head)Content-Length: 3\r\n\r\none\(surplus)"))
            try await scene.get("/x").expect(200, "one", .forwarded)
            try await scene.get("/x").expect(200, "one", .hit)
            for number in 0..<4 {
                scene.origin.answers(200, [], "good \(number)")
                try await scene.get("/\(number)").expect(200, "good \(number)")
            }
            #expect(scene.origin.requests.dropFirst().allSatisfy { $0.connection != 1 })
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §6.4.1: 204 and 304 and answers to HEAD have no body, whatever their fields say`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Reply(204, ["Cache-Control: max-age=100"], length: nil, then: []))
            scene.origin.answers(Reply(200, ["Content-Length: 5"], length: nil, then: []))
            try await scene.get("/x").expect(204, "", .forwarded)
            try await scene.ask("HEAD", "/y").expect(200, "")
            try await scene.get("/x").expect(204, "", .hit)
        }
    }

    @Test func `RFC 9112 §8: a long answer that breaks off is cut for the client, too, and is never stored`()
        async throws
    {
        try await RouteScene.play { scene in
            scene.origin.answers(
                Reply(200, ["Cache-Control: max-age=100"], length: 800_000, then: [.fill(400_000), .close]))
            let client = try await scene.client()
            await client.ask("GET", "/x")
            let answer = try await client.answer()
            #expect(answer.status == 502 || !answer.isComplete)
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "good")
            try await scene.get("/x").expect(200, "good", .forwarded)
        }
    }
}
