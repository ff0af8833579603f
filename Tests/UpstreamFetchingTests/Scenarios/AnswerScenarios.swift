import EventLoops
import Foundation
import Testing

@testable import UpstreamFetching

@Suite("Answers from an origin")
struct AnswerScenarios {
    @Test func `a plain answer comes back whole, with who gave it`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("{\"a\":1}", fields: "Content-Type: application/json\r\n") }
        defer { origin.stop() }
        try await withClient { client in
            let response = try await client.fetch(UpstreamRequest(origin.url + "x?secret=1", trust: .configured))
            #expect(response.status == 200)
            #expect(response.body == Array("{\"a\":1}".utf8))
            #expect(response.value(of: "Content-Type") == "application/json")
            #expect(response.effectiveURL == origin.url + "x?secret=1")
            #expect(response.peer?.description == origin.host)
            #expect(response.timings.attempts == 1)
            #expect(response.timings.transfer > .zero)
        }
    }

    @Test func `the request on the wire is the one asked for and no more`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("") }
        defer { origin.stop() }
        try await withClient({ $0.userAgent = "mintcache/test" }) { client in
            var request = UpstreamRequest(origin.url + "rpc", trust: .configured, method: .post, body: Array("{}".utf8))
            request.fields = [UpstreamField("Content-Type", "application/json"), UpstreamField("X-Empty", "")]
            _ = try await client.fetch(request)
        }
        let request = try #require(origin.record.requests.first)
        #expect(request.hasPrefix("POST /rpc HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{}"))
        let names = request.components(separatedBy: "\r\n").dropFirst().prefix { !$0.isEmpty }
            .map { $0.prefix { $0 != ":" }.lowercased() }
        #expect(
            Set(names) == [
                "host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "x-empty",
            ])
        #expect(request.contains("User-Agent: mintcache/test\r\n"))
        #expect(request.contains("Accept-Encoding: gzip, br, deflate\r\n"))
    }

    @Test func `chunked bodies are put together`() async throws {
        let origin = try ScriptedOrigin.sending(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
        defer { origin.stop() }
        try await withClient { client in
            let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(response.body == Array("abcde".utf8))
            #expect(response.fields == [])
        }
    }

    @Test func `E-106 compressed bodies are decoded, and the fields that spoke of them are gone`() async throws {
        let body = Gzip.stored(Array("hello".utf8))
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\nETag: \"x\"\r\n\r\n")
            connection.send(body)
        }
        defer { origin.stop() }
        try await withClient { client in
            let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(response.body == Array("hello".utf8))
            #expect(response.fields == [UpstreamField("etag", "\"x\"")])
        }
    }

    @Test func `HEAD, 204 and 304 have no body and do not wait for one`() async throws {
        let origin = try ScriptedOrigin.answering { request in
            if request.hasPrefix("HEAD") { return "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" }
            return request.contains("/204") ? "HTTP/1.1 204 No Content\r\n\r\n" : "HTTP/1.1 304 Not Modified\r\n\r\n"
        }
        defer { origin.stop() }
        try await withClient { client in
            let head = try await client.fetch(UpstreamRequest(origin.url, trust: .configured, method: .head))
            #expect(head.value(of: "content-length") == "99999999")
            #expect(head.body == [])
            let status = try await client.fetch(UpstreamRequest(origin.url + "204", trust: .configured)).status
            #expect(status == 204)
            let nextStatus = try await client.fetch(UpstreamRequest(origin.url + "304", trust: .configured)).status
            #expect(nextStatus == 304)
        }
    }

    @Test func `one connection serves requests that follow each other`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient { client in
            for _ in 0..<5 { _ = try await client.fetch(UpstreamRequest(origin.url, trust: .configured)) }
            let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(response.timings.usedOpenConnection)
            #expect(await client.counters().openConnections == 1)
        }
        #expect(origin.record.connections == 1)
        #expect(origin.record.requests.count == 6)
    }

    @Test func `a kept connection that the origin closed is replaced without a failure`() async throws {
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("x"))
        }
        defer { origin.stop() }
        try await withClient { client in
            for _ in 0..<3 {
                let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
                #expect(response.status == 200)
            }
        }
        #expect(origin.record.connections == 3)
    }

    @Test func `a request that must not be sent twice never shares a connection`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient { client in
            _ = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            _ = try await client.fetch(UpstreamRequest(origin.url, trust: .configured, method: .post, body: [65]))
        }
        #expect(origin.record.connections == 2)
    }

    @Test func `statuses are answers, and requireSuccess turns them into failures`() async throws {
        let origin = try ScriptedOrigin.answering { _ in answer("404 Not Found", "no") }
        defer { origin.stop() }
        try await withClient { client in
            let response = try await client.fetch(UpstreamRequest(origin.url + "?token=abc", trust: .configured))
            #expect(response.status == 404)
            let failure = #expect(throws: FetchFailure.self) { try response.requireSuccess() }
            #expect(failure?.kind == .status(404))
            #expect(failure?.description.contains("abc") == false)
        }
    }

    @Test(arguments: [
        UpstreamField("X", "a\r\nY: b"), UpstreamField("X Y", "a"), UpstreamField("", "a"), UpstreamField("Host", "b"),
        UpstreamField("Transfer-Encoding", "chunked"), UpstreamField("content-length", "0"),
    ])
    func `fields that could change the message's meaning are not sent`(field: UpstreamField) async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient { client in
            let request = UpstreamRequest(origin.url, trust: .configured, fields: [field])
            #expect(await failure(of: client, request)?.kind == .invalidRequest)
        }
        #expect(origin.record.connections == 0)
    }

    @Test func `a client that was shut down refuses`() async throws {
        try await withClient { client in
            await client.shutdown()
            #expect(
                await failure(of: client, UpstreamRequest("http://127.0.0.1/", trust: .configured))?.kind == .closed)
        }
    }
}
