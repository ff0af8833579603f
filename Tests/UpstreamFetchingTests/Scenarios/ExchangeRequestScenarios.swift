import EventLoops
import HTTPCaching
import Testing

@testable import UpstreamFetching

@Suite("Exchanges: what goes out")
struct ExchangeRequestScenarios {
    /// Sends a request to an origin that reads its head and answers 204; returns what arrived.
    private func sent(_ make: (ScriptedOrigin) -> ExchangeRequest) async throws -> String {
        let origin = try ScriptedOrigin.answering { _ in "HTTP/1.1 204 No Content\r\n\r\n" }
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(make(origin))
            let body = try await exchange.collect()
            #expect(exchange.head.status == 204 && body.isEmpty)
        }
        return try #require(origin.record.requests.first)
    }

    @Test func `nothing is added to the caller's fields`() async throws {
        let text = try await sent { $0.exchange("GET", "/", [FieldLine("X-cAsE", "a  b"), FieldLine("Empty", "")]) }
        #expect(text == "GET / HTTP/1.1\r\nHost: o.test\r\nX-cAsE: a  b\r\nEmpty:\r\n\r\n")
    }

    @Test func `fields that libcurl knows are the caller's, in order and repeated`() async throws {
        let fields = [
            FieldLine("accept", "text/x"), FieldLine("User-Agent", "me"), FieldLine("Accept-Encoding", "br"),
            FieldLine("Cookie", "a=b"), FieldLine("Cookie", "c=d"), FieldLine("Authorization", "Basic eDp5"),
            FieldLine("Content-Type", "x/y"), FieldLine("Range", "bytes=0-1"),
        ]
        let text = try await sent { $0.exchange("GET", "/", fields) }
        #expect(
            text == "GET / HTTP/1.1\r\nHost: o.test\r\naccept: text/x\r\nUser-Agent: me\r\nAccept-Encoding: br\r\n"
                + "Cookie: a=b\r\nCookie: c=d\r\nAuthorization: Basic eDp5\r\nContent-Type: x/y\r\n"
                + "Range: bytes=0-1\r\n\r\n")
    }

    @Test(arguments: ["/a//b/../c?x=%zz", "/a/./b#c?d", "*", "/?", "/a\\b{}|\"<>`^[]", "//host/x"])
    func `the target goes as it is`(target: String) async throws {
        let text = try await sent { $0.exchange("OPTIONS", target) }
        #expect(text == "OPTIONS \(target) HTTP/1.1\r\nHost: o.test\r\n\r\n")
    }

    @Test func `the origin's own Host is sent when the caller has none`() async throws {
        let text = try await sent { origin in
            var request = origin.exchange()
            request.fields = HeaderFields()
            return request
        }
        #expect(text.hasPrefix("GET / HTTP/1.1\r\nHost: 127.0.0.1:"))
    }

    @Test(arguments: ["M-SEARCH", "DELETE", "PUT", "POST", "GET", "HEAD", "x!#$%&'*+-.^_`|~"])
    func `any method may carry a body`(method: String) async throws {
        let text = try await sent { $0.exchange(method, "/x", body: .bytes(Array("seek".utf8))) }
        #expect(text == "\(method) /x HTTP/1.1\r\nHost: o.test\r\nContent-Length: 4\r\n\r\nseek")
    }

    @Test(arguments: [
        ("POST", true), ("PUT", true), ("PATCH", true), ("GET", false), ("DELETE", false), ("QUX", false),
    ])
    func `methods that are about a body say when they have none`(method: String, says: Bool) async throws {
        let text = try await sent { $0.exchange(method) }
        #expect(text == "\(method) / HTTP/1.1\r\nHost: o.test\r\n" + (says ? "Content-Length: 0\r\n" : "") + "\r\n")
    }

    @Test func `the caller's framing and Expect are left out`() async throws {
        let fields = [
            FieldLine("Content-Length", "99"), FieldLine("Transfer-Encoding", "chunked"),
            FieldLine("Expect", "100-continue"),
        ]
        let text = try await sent { $0.exchange("PUT", "/", fields, body: .bytes([])) }
        #expect(text == "PUT / HTTP/1.1\r\nHost: o.test\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `octets beyond ASCII go out and come back unchanged`() async throws {
        let value: [UInt8] = [0x61, 0xE9, 0xFF, 0x20, 0xC3, 0x28, 0x80, 0x62]
        let origin = try ScriptedOrigin { connection in
            _ = connection.read(through: "X: ")
            guard let line = connection.read(through: "\r\n") else { return }
            connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nY-Z: ".utf8) + line + [13, 10])
        }
        defer { origin.stop() }
        try await withClient { client in
            let head = try await client.open(origin.exchange("GET", "/", [FieldLine("X", value)])).head
            #expect(head.fields["y-z"] == value)
            #expect(head.fields.lines.map(\.name) == ["Content-Length", "Y-Z"])
        }
    }

    @Test func `what would end a line or a message early is not sent`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        let base = origin.exchange()
        var requests: [ExchangeRequest] = []
        for method in ["", "CONNECT", "A B", "A\r\n", "\u{e9}"] { requests.append(origin.exchange(method)) }
        for target in ["", "x", "http://a/", "/ x", "/\r\n", "/\u{0}", "/\u{7f}", "**"] {
            requests.append(origin.exchange("GET", target))
        }
        for value in ["a\rb", "a\nb", "a\u{0}b", "a\u{7f}"] {
            requests.append(origin.exchange("GET", "/", [FieldLine("X", value)]))
        }
        for name in ["", "a b", "a:", "a\r\nb", "\u{e9}"] {
            requests.append(origin.exchange("GET", "/", [FieldLine(name, "x")]))
        }
        for suffix in ["/path", "?query"] {
            var request = base
            request.origin += suffix
            requests.append(request)
        }
        try await withClient { client in
            for request in requests {
                let kind = await exchangeFailure(of: client, request)?.kind
                #expect(kind == .invalidRequest, "\(request)")
            }
        }
        #expect(origin.record.connections == 0)
    }

    @Test func `a stream of known length goes with Content-Length`() async throws {
        let pieces = Pieces()
        for text in ["one ", "", "two ", "three"] { pieces.give(text) }
        let text = try await sent { $0.exchange("PUT", "/", body: pieces.body(length: 13)) }
        #expect(text == "PUT / HTTP/1.1\r\nHost: o.test\r\nContent-Length: 13\r\n\r\none two three")
    }

    @Test func `a stream of unknown length goes chunked, a piece at a time as it comes`() async throws {
        let (pieces, seen) = (Pieces(), Tally())
        let origin = try ScriptedOrigin { connection in
            guard connection.read(through: "\r\n\r\n") != nil else { return }
            while let size = connection.read(through: "\r\n"), size != Array("0\r\n".utf8) {
                guard connection.read(through: "\r\n") != nil else { return }
                seen.add()
            }
            guard connection.read(2) != nil else { return }
            connection.send(ok("done"))
        }
        defer { origin.stop() }
        try await withClient { client in
            let opening = Task { try await client.open(origin.exchange("POST", "/", body: pieces.body())) }
            for (index, text) in ["a", "bc", "def"].enumerated() {
                #expect(seen.value == index)
                pieces.give(text)
                #expect(await eventually { seen.value == index + 1 })
            }
            pieces.finish()
            let body = try await opening.value.collect()
            #expect(body == Array("done".utf8))
        }
        #expect(
            origin.record.requests == [
                "POST / HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n", "a\r\n", "2\r\n",
                "bc\r\n", "3\r\n", "def\r\n", "0\r\n", "\r\n",
            ])
    }

    @Test(arguments: ["throws", "short", "long"])
    func `an upload whose source breaks off is broken off, and its place given back`(how: String) async throws {
        let (pieces, ended) = (Pieces(), Tally())
        let origin = try ScriptedOrigin { connection in
            while connection.receive() {}
            ended.add()
        }
        defer { origin.stop() }
        try await withClient { client in
            let request = origin.exchange("PUT", "/", body: pieces.body(length: 10))
            let failing = Task { await exchangeFailure(of: client, request) }
            pieces.give("12345")
            #expect(await eventually { pieces.pulls.value == 2 })
            switch how {
            case "throws": pieces.fail()
            case "short": pieces.finish()
            case _: pieces.give("678901")
            }
            #expect(await failing.value?.kind == .cancelled)
            #expect(await eventually { ended.value == 1 })
            #expect(await client.counters().running == 0)
        }
    }

    @Test func `a source is pulled no faster than the origin takes`() async throws {
        let (turnstile, pulls) = (Turnstile(), Tally())
        let origin = try ScriptedOrigin { connection in
            guard connection.read(through: "\r\n\r\n") != nil else { return }
            turnstile.wait()
            guard connection.read(20_000_000) != nil else { return }
            connection.send(ok("x"))
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        let body = ExchangeBody.stream(length: 20_000_000) {
            pulls.add()
            return [UInt8](repeating: 7, count: 20_000)
        }
        try await withClient { client in
            let opening = Task { try await client.open(origin.exchange("PUT", "/", body: body)).head.status }
            let early = try await pulls.settled()
            #expect(early < 500)
            turnstile.open()
            let status = try await opening.value
            #expect(status == 200)
            #expect(pulls.value == 1000)
        }
    }

    @Test(arguments: ["no", ""])
    func `a refusal that comes before the upload has ended is delivered`(body: String) async throws {
        let pieces = Pieces()
        let origin = try ScriptedOrigin { connection in
            guard connection.read(through: "first") != nil else { return }
            connection.send(answer("413 Content Too Large", body))
            connection.receive()
        }
        defer { origin.stop() }
        try await withClient { client in
            let opening = Task { try await client.open(origin.exchange("PUT", "/", body: pieces.body(length: 1000))) }
            pieces.give("first")
            let exchange = try await opening.value
            #expect(exchange.head.status == 413)
            let received = try await exchange.collect()
            #expect(received == Array(body.utf8))
            #expect(await eventually { await client.counters().openConnections == 0 })
        }
    }

    @Test func `an answer that begins before the upload has ended does not end it`() async throws {
        let pieces = Pieces()
        let origin = try ScriptedOrigin { connection in
            guard connection.read(through: "first") != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab")
            guard connection.read(through: "second") != nil else { return }
            connection.send("cdef")
        }
        defer { origin.stop() }
        try await withClient { client in
            let opening = Task { try await client.open(origin.exchange("PUT", "/", body: pieces.body(length: 11))) }
            pieces.give("first")
            let exchange = try await opening.value
            let first = try await exchange.nextPiece()
            #expect(first == Array("ab".utf8))
            pieces.give("second")
            let rest = try await exchange.collect()
            #expect(rest == Array("cdef".utf8))
        }
    }
}
