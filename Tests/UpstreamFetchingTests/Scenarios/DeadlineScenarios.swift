import Glibc
import Testing

@testable import EventLoops
@testable import UpstreamFetching

@Suite("Deadlines and cancellation")
struct DeadlineScenarios {
    /// Takes requests and never answers.
    private func silentOrigin(_ turnstile: Turnstile) throws -> ScriptedOrigin {
        try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            turnstile.wait()
        }
    }

    @Test func `an origin that never answers costs the request's time and no more`() async throws {
        let turnstile = Turnstile()
        let origin = try silentOrigin(turnstile)
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            var request = UpstreamRequest(origin.url, trust: .configured)
            request.timeout = .milliseconds(200)
            let time = await elapsed { #expect(await failure(of: client, request)?.kind == .timeout) }
            #expect(time > .milliseconds(190) && time < .seconds(5))
            #expect(await eventually { await client.counters().openConnections == 0 })
        }
    }

    @Test func `a head that comes byte by byte does not outlive the deadline`() async throws {
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            while connection.send("H") { usleep(10_000) }
        }
        defer { origin.stop() }
        try await withClient { client in
            var request = UpstreamRequest(origin.url, trust: .configured)
            request.timeout = .milliseconds(300)
            let time = await elapsed { #expect(await failure(of: client, request) != nil) }
            #expect(time < .seconds(5))
        }
    }

    @Test func `a listener that never shakes hands is given up after the connect timeout`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { _ in turnstile.wait() }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient({ $0.connectTimeout = .milliseconds(200) }) { client in
            let request = UpstreamRequest("https://\(origin.host)/", trust: .configured)
            let time = await elapsed { #expect(await failure(of: client, request)?.kind == .timeout) }
            #expect(time < .seconds(5))
        }
    }

    @Test func `a port where nobody listens is a connect failure`() async throws {
        let origin = try ScriptedOrigin.sending("")
        origin.stop()
        try await withClient { client in
            #expect(await failure(of: client, UpstreamRequest(origin.url, trust: .configured))?.kind == .connect)
        }
    }

    @Test func `E-115 the second address of a name is tried when the first refuses`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        try await withClient(names: ["two.test": "127.0.0.2,127.0.0.1"]) { client in
            let response = try await client.fetch(
                UpstreamRequest("http://two.test:\(origin.port)/", trust: .configured))
            #expect(response.peer?.numericHost == "127.0.0.1")
        }
    }

    @Test func `cancelling the caller ends the transfer at once`() async throws {
        let turnstile = Turnstile()
        let origin = try silentOrigin(turnstile)
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            let task = Task { await failure(of: client, UpstreamRequest(origin.url, trust: .configured)) }
            #expect(await eventually { origin.record.requests.count == 1 })
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            let counters = await client.counters()
            #expect(counters.running == 0 && counters.openConnections == 0)
        }
    }

    @Test func `shutting the client down ends what runs and what waits`() async throws {
        let turnstile = Turnstile()
        let origin = try silentOrigin(turnstile)
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient({ $0.connectionsPerHost = 1 }) { client in
            let tasks = (0..<3).map { _ in
                Task { await failure(of: client, UpstreamRequest(origin.url, trust: .configured)) }
            }
            #expect(await eventually { await client.counters().waiting == 2 })
            await client.shutdown()
            for task in tasks { #expect(await task.value?.kind == .closed) }
        }
    }

    @Test func `a name server that never answers holds up nobody else`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        let turnstile = Turnstile()
        defer { turnstile.open() }
        let hanging = AddressResolver(threads: 4, pending: 256) { name in
            turnstile.wait()
            return .failure(.notFound(name))
        }
        let loop = try EventLoop(label: "test")
        var options = UpstreamOptions()
        options.retries = 0
        options.lookUpTimeout = .milliseconds(1500)
        let client = UpstreamClient(
            loop: loop, options: options, resolvers: Resolvers(configured: AddressResolver(), untrusted: hanging))
        let stuck = (0..<100).map { index in
            Task { await failure(of: client, UpstreamRequest("http://\(index).test/", trust: .untrusted)) }
        }
        #expect(await eventually { await client.counters().fetches == 100 })
        for _ in 0..<20 {
            let time = try await elapsed { _ = try await client.fetch(UpstreamRequest(origin.url, trust: .configured)) }
            #expect(time < .seconds(1))
        }
        for task in stuck { #expect(await task.value?.kind == .timeout) }
        await client.shutdown()
        loop.shutdown()
    }

    @Test func `a caller that gives up does not wait for the look-up`() async throws {
        let turnstile = Turnstile()
        defer { turnstile.open() }
        let hanging = AddressResolver(threads: 1, pending: 4) { name in
            turnstile.wait()
            return .failure(.notFound(name))
        }
        let loop = try EventLoop(label: "test")
        var options = UpstreamOptions()
        options.lookUpTimeout = .seconds(60)
        options.timeout = .seconds(60)
        let client = UpstreamClient(
            loop: loop, options: options, resolvers: Resolvers(configured: hanging, untrusted: hanging))
        let task = Task { await failure(of: client, UpstreamRequest("http://a.test/", trust: .untrusted)) }
        #expect(await eventually { await client.counters().fetches == 1 })
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        await client.shutdown()
        loop.shutdown()
    }

    @Test func `a client that is let go of closes its connections`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        func fetchOnce() async throws {
            let client = UpstreamClient(loop: loop, resolvers: .naming([:]))
            _ = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(origin.record.open == 1)
        }
        try await fetchOnce()
        #expect(await eventually { origin.record.open == 0 })
    }

    @Test func `a look-up that ends after the shutdown starts nothing`() async throws {
        let origin = try ScriptedOrigin.answering { _ in ok("x") }
        defer { origin.stop() }
        let turnstile = Turnstile()
        let slow = AddressResolver(threads: 1, pending: 4) { _ in
            turnstile.wait()
            return .success([[127, 0, 0, 1]])
        }
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let client = UpstreamClient(loop: loop, resolvers: Resolvers(configured: slow, untrusted: slow))
        let request = UpstreamRequest("http://slow.test:\(origin.port)/", trust: .configured)
        let task = Task { await failure(of: client, request) }
        #expect(await eventually { await client.counters().fetches == 1 })
        await client.shutdown()
        turnstile.open()
        #expect(await task.value?.kind == .closed)
        #expect(origin.record.connections == 0)
    }

    @Test func `E-114 names that do not exist are told apart`() async throws {
        try await withClient { client in
            #expect(
                await failure(of: client, UpstreamRequest("http://no.test/", trust: .untrusted))?.kind == .nameNotFound)
        }
    }
}
