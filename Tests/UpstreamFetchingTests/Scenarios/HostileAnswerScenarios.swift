import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Hostile answers")
struct HostileAnswerScenarios {
    private static let head = "HTTP/1.1 200 OK\r\n"

    @Test(arguments: [
        ("both lengths", head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        ("two lengths", head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
        ("contradicting lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
        ("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx"),
        ("one bare line feed", head + "X: y\nContent-Length: 1\r\n\r\nx"),
        ("a folded field", head + "X: a\r\n b\r\nContent-Length: 1\r\n\r\nx"),
        ("a space before the colon", head + "Content-Length : 1\r\n\r\nx"),
        ("a field without a name", head + ": a\r\nContent-Length: 1\r\n\r\nx"),
        ("a carriage return in a value", head + "X: a\rb\r\nContent-Length: 1\r\n\r\nx"),
        ("an unknown coding", head + "Content-Encoding: bogus\r\nContent-Length: 1\r\n\r\nx"),
        ("broken gzip", head + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
        ("HTTP/0.9", "hello"),
        ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"),
        ("too many fields", head + String(repeating: "X: y\r\n", count: 500) + "\r\n"),
        ("a huge field", head + "X: \(String(repeating: "y", count: 90_000))\r\n\r\n"),
        ("huge fields", head + String(repeating: "X: \(String(repeating: "y", count: 4000))\r\n", count: 100) + "\r\n"),
        ("a flood of interim answers", String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 100) + ok("x")),
        ("an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    ])
    func `an answer in doubt is refused`(name: String, bytes: String) async throws {
        let origin = try ScriptedOrigin.sending(bytes)
        defer { origin.stop() }
        try await withClient { client in
            let failure = await failure(of: client, UpstreamRequest(origin.url, trust: .configured))
            #expect(failure?.kind == .malformedResponse, "\(name): \(String(describing: failure))")
        }
    }

    @Test(arguments: [
        ("a body too short", head + "Content-Length: 10\r\n\r\nabc"),
        ("a chunk too short", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
        ("no last chunk", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
        ("a chunk size that is no number", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n"),
        ("half a head", "HTTP/1.1 200 OK\r\nContent-Len"),
        ("nothing", ""),
    ])
    func `a message that ends early is a failure`(name: String, bytes: String) async throws {
        let origin = try ScriptedOrigin.sending(bytes)
        defer { origin.stop() }
        try await withClient { client in
            let failure = await failure(of: client, UpstreamRequest(origin.url, trust: .configured))
            #expect(failure?.kind == .truncated, "\(name): \(String(describing: failure))")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
    func `a reset is a failure`(bytes: String) async throws {
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(bytes)
            connection.resetAtEnd()
        }
        defer { origin.stop() }
        try await withClient { client in
            #expect(await failure(of: client, UpstreamRequest(origin.url, trust: .configured))?.kind == .truncated)
        }
    }

    @Test func `E-108 a body is cut off at its limit however it is framed`() async throws {
        let sent = [
            Self.head + "Content-Length: 2000000\r\n\r\n",
            Self.head + "Transfer-Encoding: chunked\r\n\r\n",
            Self.head + "Connection: close\r\n\r\n",
        ]
        for head in sent {
            let isChunked = head.contains("chunked")
            let origin = try ScriptedOrigin { connection in
                guard connection.readRequest() != nil else { return }
                let piece = String(repeating: "x", count: 4096)
                guard connection.send(head) else { return }
                while connection.send(isChunked ? "1000\r\n\(piece)\r\n" : piece) {}
            }
            defer { origin.stop() }
            try await withClient({ $0.maximumBodyBytes = 100_000 }) { client in
                let failure = await failure(of: client, UpstreamRequest(origin.url, trust: .configured))
                #expect(failure?.kind == .tooLarge, "\(head)")
                #expect(await eventually { await client.counters().openConnections == 0 })
            }
        }
    }

    @Test func `E-106 what a compressed body grows to is counted, not what it weighs`() async throws {
        let bomb = Gzip.bomb(pieces: 40_000)
        #expect(bomb.count < 70_000)
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(Self.head + "Content-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.send(bomb)
            connection.receive()
        }
        defer { origin.stop() }
        try await withClient({ $0.maximumBodyBytes = 1_000_000 }) { client in
            #expect(await failure(of: client, UpstreamRequest(origin.url, trust: .configured))?.kind == .tooLarge)
        }
    }

    @Test func `bytes after the end of a message do not become the next answer`() async throws {
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("one") + answer("200 OK", "forged"))
            if connection.readRequest() != nil { connection.send(ok("two")) }
        }
        defer { origin.stop() }
        try await withClient { client in
            let request = UpstreamRequest(origin.url, trust: .configured)
            let body = try await client.fetch(request).body
            #expect(body == Array("one".utf8))
            let nextBody = try await client.fetch(request).body
            #expect(nextBody != Array("forged".utf8))
        }
    }

    @Test func `E-107 a body that drips is given up long before the deadline`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(Self.head + "Content-Length: 100000\r\n\r\nx")
            turnstile.wait()
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        let options = { (options: inout UpstreamOptions) in
            options.timeout = .seconds(60)
            options.pace.window = .milliseconds(300)
        }
        try await withClient(options) { client in
            let time = await elapsed {
                #expect(await failure(of: client, UpstreamRequest(origin.url, trust: .configured))?.kind == .timeout)
            }
            #expect(time < .seconds(10))
        }
    }
}
