import EventLoops
import HTTPCaching
import Synchronization
import Testing

@testable import UpstreamFetching

@Suite("Exchanges: what comes back")
struct ExchangeAnswerScenarios {
    private static let head = "HTTP/1.1 200 OK\r\n"
    private static let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"

    private func answer(
        _ bytes: String, to method: String = "GET"
    ) async throws -> (head: ExchangeHead, body: String) {
        let origin = try ScriptedOrigin.answeringOnce(Array(bytes.utf8))
        defer { origin.stop() }
        var result: (ExchangeHead, String)?
        try await withClient { client in
            let exchange = try await client.open(origin.exchange(method))
            result = (exchange.head, String(decoding: try await exchange.collect(), as: UTF8.self))
            #expect(try await exchange.nextPiece() == nil)
        }
        return try #require(result)
    }

    @Test(arguments: [200, 206, 299, 301, 304, 404, 418, 451, 500, 599, 600, 799, 999])
    func `every final status is the origin's`(status: Int) async throws {
        let (head, _) = try await answer("HTTP/1.1 \(status) Odd\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n")
        #expect(head.status == status)
        #expect(head.peer?.numericHost == "127.0.0.1")
    }

    @Test func `fields come as they were sent, but for the transfer coding`() async throws {
        let fields = "x-B: 1\r\nDate: now\r\nX-b:  2\t\r\nconnection: close, X-b\r\nEmpty:\r\n"
        let (head, body) = try await answer(
            Self.head + fields + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        #expect(
            head.fields.lines == [
                FieldLine("x-B", "1"), FieldLine("Date", "now"), FieldLine("X-b", "2"),
                FieldLine("connection", "close, X-b"), FieldLine("Empty", ""),
            ])
        #expect(head.contentLength == nil && body == "abc")
    }

    @Test func `content codings are left alone, broken ones too`() async throws {
        let (head, body) = try await answer(Self.head + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")
        #expect(body == "nope" && head.contentLength == 4)
        #expect(head.fields.contains("content-encoding"))
    }

    @Test(arguments: [
        ("a length", head + "Content-Length: 3\r\n\r\nabc"),
        ("chunks", chunked + "1\r\na\r\n2;ext=\"q\"\r\nbc\r\n0\r\nTrailer: x\r\n\r\n"),
        ("the connection's end", head + "\r\nabc"),
        ("the connection's end, HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc"),
    ])
    func `a body ends as its framing says`(name: String, bytes: String) async throws {
        #expect(try await answer(bytes).body == "abc", "\(name)")
    }

    @Test(arguments: [
        ("HEAD", head + "Content-Length: 5\r\n\r\n"), ("HEAD", chunked), ("GET", "HTTP/1.1 204 No\r\n\r\n"),
        ("GET", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n"), ("GET", head + "Content-Length: 0\r\n\r\n"),
        ("GET", chunked + "0\r\n\r\n"),
    ])
    func `answers without a body end with their head`(method: String, bytes: String) async throws {
        #expect(try await answer(bytes, to: method).body == "")
    }

    @Test func `interim answers come first and leave no trace`() async throws {
        let origin = try ScriptedOrigin.answeringOnce(
            Array(
                ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                    + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\n\r\n" + ok("x")).utf8))
        defer { origin.stop() }
        let seen = Mutex<[String]>([])
        try await withClient { client in
            let exchange = try await client.open(origin.exchange()) { status, fields in
                let text = "\(status) " + String(decoding: fields.encoded, as: UTF8.self)
                seen.withLock { $0.append(text) }
            }
            #expect(exchange.head.fields.lines == [FieldLine("Content-Length", "1")])
        }
        #expect(seen.withLock { $0 } == ["102 ", "103 Link: </a>\r\nlink: </b>\r\n"])
    }

    @Test(arguments: [
        ("both framings", head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        ("two lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
        ("a list of lengths", head + "Content-Length: 1, 2\r\n\r\nxy"),
        ("a negative length", head + "Content-Length: -1\r\n\r\nx"),
        ("a length that is no number", head + "Content-Length: x\r\n\r\nx"),
        ("a length beyond all numbers", head + "Content-Length: 99999999999999999999\r\n\r\nx"),
        ("a bare line feed in the head", head + "X: y\nContent-Length: 1\r\n\r\nx"),
        ("nothing but bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx"),
        ("a folded field", head + "X: a\r\n b\r\nContent-Length: 1\r\n\r\nx"),
        ("a NUL in a field", head + "X: a\u{0}b\r\nContent-Length: 1\r\n\r\nx"),
        ("another transfer coding", head + "Transfer-Encoding: gzip\r\n\r\nx"),
        ("a chunk size that is no number", chunked + "zz\r\nab\r\n0\r\n\r\n"),
        ("a chunk that is too long", chunked + "1\r\nab\r\n0\r\n\r\n"),
        ("a chunk size beyond all numbers", chunked + "fffffffffffffffff\r\nab\r\n0\r\n\r\n"),
        ("a chunk size that wraps around", chunked + "10000000000000001\r\na\r\n0\r\n\r\n"),
        ("a bare line feed after a chunk size", chunked + "1\na\r\n0\r\n\r\n"),
        ("a bare line feed after a chunk", chunked + "1\r\na\n0\r\n\r\n"),
        ("a bare line feed after the last size", chunked + "1\r\na\r\n0\n\r\n"),
        ("a bare line feed in an extension", chunked + "1;a\nx\r\na\r\n0\r\n\r\n"),
        ("a bare line feed at the end", chunked + "1\r\na\r\n0\r\n\n"),
        ("a flood of interim answers", String(repeating: "HTTP/1.1 103 x\r\n\r\n", count: 100) + ok("x")),
        ("an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        ("a status of two digits", "HTTP/1.1 99 x\r\nContent-Length: 1\r\n\r\nx"),
        ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"),
    ])
    func `an answer in doubt is refused`(name: String, bytes: String) async throws {
        let origin = try ScriptedOrigin.answeringOnce(Array(bytes.utf8))
        defer { origin.stop() }
        try await withClient { client in
            let failure = await exchangeFailure(of: client, origin.exchange())
            #expect(failure?.kind == .malformedResponse, "\(name): \(String(describing: failure))")
            #expect(await eventually { await client.counters().openConnections == 0 })
        }
    }

    @Test(arguments: [
        ("a body too short", head + "Content-Length: 10\r\n\r\nabc"),
        ("a chunk too short", chunked + "5\r\nab"), ("no last chunk", chunked + "2\r\nab\r\n"),
        ("half an end", chunked + "2\r\nab\r\n0\r\n"), ("half a head", "HTTP/1.1 200 OK\r\nContent-Len"),
        ("nothing", ""),
    ])
    func `a message that ends early is a failure`(name: String, bytes: String) async throws {
        for resets in [false, true] {
            let origin = try ScriptedOrigin { connection in
                guard connection.read(through: "\r\n\r\n") != nil else { return }
                connection.send(bytes)
                if resets { connection.resetAtEnd() }
            }
            defer { origin.stop() }
            try await withClient { client in
                let failure = await exchangeFailure(of: client, origin.exchange())
                #expect(failure?.kind == .truncated, "\(name): \(String(describing: failure))")
            }
        }
    }

    @Test func `what came before a body broke off is delivered first`() async throws {
        let origin = try ScriptedOrigin.answeringOnce(Array((Self.head + "Content-Length: 10\r\n\r\nabc").utf8))
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(origin.exchange())
            #expect(exchange.head.contentLength == 10)
            #expect(await eventually { await client.counters().running == 0 })
            let piece = try await exchange.nextPiece()
            #expect(piece == Array("abc".utf8))
            await #expect(throws: FetchFailure.self) { try await exchange.nextPiece() }
        }
    }

    @Test(arguments: [
        ("GET", head + "Content-Length: 3\r\n\r\nabc"), ("GET", chunked + "3\r\nabc\r\n0\r\n\r\n"),
        ("HEAD", head + "Content-Length: 3\r\n\r\n"), ("GET", "HTTP/1.1 304 x\r\n\r\n"),
    ])
    func `octets beyond the end are dropped, and so is their connection`(method: String, bytes: String) async throws {
        let forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        for isTogether in [true, false] {
            let (turnstile, sent) = (Turnstile(), Tally())
            let origin = try ScriptedOrigin { connection in
                guard connection.number == 1 else {
                    if connection.readRequest() != nil { connection.send(ok("second")) }
                    return
                }
                guard connection.readRequest() != nil else { return }
                connection.send(isTogether ? bytes + forged : bytes)
                if !isTogether {
                    turnstile.wait()
                    connection.send(forged)
                }
                sent.add()
                if connection.readRequest() != nil { connection.send(ok("second")) }
            }
            defer { origin.stop() }
            defer { turnstile.open() }
            try await withClient { client in
                let first = try await client.open(origin.exchange(method)).collect()
                #expect(first == (method == "HEAD" || bytes.contains("304") ? [] : Array("abc".utf8)))
                turnstile.open()
                #expect(await eventually { sent.value == 1 })
                let second = try await client.open(origin.exchange()).collect()
                #expect(second == Array("second".utf8), "\(method) \(bytes) \(isTogether)")
            }
        }
    }
}
