import EventLoops
import HTTPCaching
import Testing

@testable import UpstreamFetching

@Suite("Exchanges: flow and places")
struct ExchangeFlowScenarios {
    private static let megabyte = 1_000_000

    /// Sends a body of so many megabytes, counting what has left.
    private func largeOrigin(megabytes: Int, sent: Tally, chunked: Bool = false) throws -> ScriptedOrigin {
        try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            let framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(megabytes * Self.megabyte)"
            guard connection.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n") else { return }
            let piece = [UInt8](repeating: 0x61, count: 50_000)
            for _ in 0..<megabytes * 20 {
                let bytes = chunked ? Array("c350\r\n".utf8) + piece + [13, 10] : piece
                guard connection.send(bytes) else { return }
                sent.add(piece.count)
            }
            if chunked { connection.send("0\r\n\r\n") }
        }
    }

    @Test(arguments: [false, true])
    func `200 MB pass through a small buffer`(chunked: Bool) async throws {
        let sent = Tally()
        let origin = try largeOrigin(megabytes: 200, sent: sent, chunked: chunked)
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(origin.exchange())
            var (count, largest) = (0, 0)
            while let piece = try await exchange.nextPiece() {
                count += piece.count
                largest = max(largest, piece.count)
            }
            #expect(count == 200 * Self.megabyte)
            #expect(largest <= ExchangeRun.mostUnread + 64 * 1024)
        }
    }

    @Test(arguments: [false, true])
    func `a reader that stalls stalls the origin, and loses nothing`(chunked: Bool) async throws {
        let sent = Tally()
        let origin = try largeOrigin(megabytes: 40, sent: sent, chunked: chunked)
        defer { origin.stop() }
        try await withClient { client in
            var request = origin.exchange()
            request.idleTimeout = .milliseconds(200)
            let exchange = try await client.open(request)
            // Longer than the idle time: it is the reader who is idle.
            let early = try await sent.settled(for: .milliseconds(600))
            #expect(early < 20 * Self.megabyte)
            var count = 0
            while let piece = try await exchange.nextPiece() { count += piece.count }
            #expect(count == 40 * Self.megabyte)
        }
    }

    @Test func `a pause does not slow what follows`() async throws {
        let origin = try largeOrigin(megabytes: 8, sent: Tally())
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(origin.exchange())
            let time = try await elapsed {
                // Each call finds the transfer paused or about to be.
                while try await exchange.nextPiece() != nil { await Task.yield() }
            }
            #expect(time < .seconds(5))
        }
    }

    @Test func `an origin that falls silent in the body is given up`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            turnstile.wait()
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            var request = origin.exchange()
            request.idleTimeout = .milliseconds(100)
            let exchange = try await client.open(request)
            let piece = try await exchange.nextPiece()
            #expect(piece == Array("abc".utf8))
            do throws(FetchFailure) {
                _ = try await exchange.nextPiece()
                Issue.record("the silence had no end")
            } catch {
                #expect(error.kind == .timeout)
            }
            #expect(await client.counters().running == 0)
        }
    }

    @Test func `an origin that never answers is given up in time`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            _ = connection.readRequest()
            turnstile.wait()
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            var request = origin.exchange()
            request.timeout = .milliseconds(150)
            let time = await elapsed {
                #expect(await exchangeFailure(of: client, request)?.kind == .timeout)
            }
            #expect(time >= .milliseconds(140) && time < .seconds(5))
        }
    }

    @Test func `a source that takes its time is not the origin's fault, an origin that takes nothing is`() async throws
    {
        let (pieces, turnstile) = (Pieces(), Turnstile())
        let origin = try ScriptedOrigin { connection in
            guard connection.read(through: "\r\n\r\n") != nil else { return }
            if connection.number == 2 { return turnstile.wait() }
            guard connection.read(4) != nil else { return }
            connection.send(ok("x"))
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            var request = origin.exchange("PUT", "/", body: pieces.body(length: 4))
            request.timeout = .milliseconds(300)
            request.idleTimeout = .milliseconds(100)
            let opening = Task { [request] in try await client.open(request).head.status }
            pieces.give("12")
            #expect(await eventually { pieces.pulls.value == 2 })
            // Longer than either limit.
            _ = try await pieces.pulls.settled(for: .milliseconds(500))
            pieces.give("34")
            let status = try await opening.value
            #expect(status == 200)
            request.body = .stream(length: 100_000_000) { [UInt8](repeating: 1, count: 100_000) }
            #expect(await exchangeFailure(of: client, request)?.kind == .timeout)
        }
    }

    @Test(arguments: ["cancelled", "forgotten", "its reader cancelled", "read to its end"])
    func `the place is held until the exchange is over`(how: String) async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            while connection.readRequest() != nil {
                if connection.number == 1 {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
                    turnstile.wait()
                    connection.send("def")
                } else {
                    connection.send(ok("next"))
                }
            }
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient({ $0.connectionsPerHost = 1 }) { client in
            var exchange: UpstreamExchange? = try await client.open(origin.exchange("POST"))
            let next = Task { try await client.open(origin.exchange("POST")).collect() }
            #expect(await eventually { await client.counters().waiting == 1 })
            #expect(await client.counters().running == 1)
            switch how {
            case "cancelled": exchange?.cancel()
            case "forgotten": exchange = nil
            case "read to its end":
                turnstile.open()
                let body = try await exchange?.collect()
                #expect(body == Array("abcdef".utf8))
            case _:
                let reading = Task { [exchange] in try await exchange?.collect() }
                reading.cancel()
                await #expect(throws: FetchFailure.self) { try await reading.value }
            }
            let body = try await next.value
            #expect(body == Array("next".utf8))
            #expect(await eventually { await client.counters().running == 0 })
            exchange = nil
        }
    }

    @Test func `cancelling the caller before the head ends the exchange`() async throws {
        let origin = try ScriptedOrigin { connection in while connection.receive() {} }
        defer { origin.stop() }
        try await withClient { client in
            let opening = Task { await exchangeFailure(of: client, origin.exchange()) }
            #expect(await eventually { await client.counters().openConnections == 1 })
            opening.cancel()
            #expect(await opening.value?.kind == .cancelled)
            #expect(await client.counters().running == 0)
            #expect(await eventually { origin.record.open == 0 })
        }
    }

    @Test func `shutting down ends exchanges`() async throws {
        let origin = try largeOrigin(megabytes: 10, sent: Tally())
        defer { origin.stop() }
        try await withClient { client in
            let exchange = try await client.open(origin.exchange())
            await client.shutdown()
            do throws(FetchFailure) {
                while try await exchange.nextPiece() != nil {}
                Issue.record("it went on")
            } catch {
                #expect(error.kind == .closed)
            }
            #expect(await exchangeFailure(of: client, origin.exchange())?.kind == .closed)
        }
    }

    @Test func `connections are used again, but not by what must not be sent twice`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient { client in
            for _ in 0..<3 { _ = try await client.open(origin.exchange()).collect() }
            #expect(origin.record.connections == 1)
            for _ in 0..<2 { _ = try await client.open(origin.exchange("POST")).collect() }
            #expect(origin.record.connections == 3)
        }
    }

    @Test(arguments: [ExchangeBody.none, .bytes(Array("again".utf8))])
    func `a connection that turns out dead costs a repeatable request nothing`(body: ExchangeBody) async throws {
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("x"))
            if connection.number == 1 {
                // Reads the next request too, and dies of it.
                _ = connection.readRequest()
                connection.resetAtEnd()
            }
        }
        defer { origin.stop() }
        try await withClient { client in
            var request = origin.exchange("PUT", "/", body: body)
            request.isRepeatable = true
            for _ in 0..<2 {
                let answer = try await client.open(request).collect()
                #expect(answer == Array("x".utf8))
            }
        }
        #expect(Set(origin.record.requests).count == 1)
    }

    @Test func `what an origin answers does not open its breaker, connections that fail do`() async throws {
        let origin = try ScriptedOrigin { connection in
            guard let request = connection.readRequest() else { return }
            if request.hasPrefix("GET /reset") { return connection.resetAtEnd() }
            connection.send(
                request.hasPrefix("GET /bad") ? "nonsense\r\n\r\n" : answer("503 x", fields: "Retry-After: 9\r\n"))
        }
        defer { origin.stop() }
        try await withClient { client in
            for _ in 0..<8 {
                _ = try await client.open(origin.exchange()).collect()
                #expect(await exchangeFailure(of: client, origin.exchange("GET", "/bad"))?.kind == .malformedResponse)
            }
            #expect(await client.health().first?.isHealthy == true)
            for _ in 0..<5 {
                #expect(await exchangeFailure(of: client, origin.exchange("GET", "/reset"))?.kind == .truncated)
            }
            #expect(await client.health().first?.isHealthy == false)
            guard case .breakerOpen = await exchangeFailure(of: client, origin.exchange())?.kind else {
                Issue.record("the breaker is closed")
                return
            }
        }
    }

    @Test func `addresses are vetted as for fetches`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient { client in
            var request = origin.exchange()
            request.trust = .untrusted
            let kind = await exchangeFailure(of: client, request)?.kind
            #expect(kind == .refusedAddress || kind == .refusedURL)
        }
        #expect(origin.record.connections == 0)
    }
}
