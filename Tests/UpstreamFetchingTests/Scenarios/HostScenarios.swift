import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Limits and breakers per host")
struct HostScenarios {
    @Test func `no more than the limit run at once, and all are served`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            while connection.readRequest() != nil {
                turnstile.wait()
                connection.send(ok("x"))
            }
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        try await withClient { client in
            let tasks = (0..<50).map { _ in
                Task { try await client.fetch(UpstreamRequest(origin.url, trust: .configured)).status }
            }
            #expect(await eventually { await client.counters().waiting == 34 })
            #expect(await eventually { origin.record.requests.count == 16 })
            let health = try #require(await client.health().first)
            #expect(health.running == 16 && health.waiting == 34 && health.isHealthy)
            turnstile.open()
            for task in tasks {
                let status = try await task.value
                #expect(status == 200)
            }
        }
        #expect(origin.record.mostOpen == 16)
        #expect(origin.record.requests.count == 50)
    }

    @Test func `a waiter's deadline counts while it waits, and a full line says so`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            while connection.readRequest() != nil {
                turnstile.wait()
                connection.send(ok("x"))
            }
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        let options = { (options: inout UpstreamOptions) in
            options.connectionsPerHost = 1
            options.maximumWaiting = 1
        }
        try await withClient(options) { client in
            let first = Task { try await client.fetch(UpstreamRequest(origin.url, trust: .configured)).status }
            #expect(await eventually { origin.record.requests.count == 1 })
            let request = UpstreamRequest(origin.url, trust: .configured)
            let second = Task { await failure(of: client, request) }
            #expect(await eventually { await client.counters().waiting == 1 })
            #expect(await failure(of: client, request)?.kind == .overloaded)
            second.cancel()
            #expect(await second.value?.kind == .cancelled)
            var short = request
            short.timeout = .milliseconds(200)
            #expect(await failure(of: client, short)?.kind == .timeout)
            #expect(await client.counters().waiting == 0)
            turnstile.open()
            let status = try await first.value
            #expect(status == 200)
        }
        #expect(origin.record.requests.count == 1)
    }

    @Test func `Retry-After keeps everybody away from the host`() async throws {
        let origin = try ScriptedOrigin.answering { _ in
            answer("429 Too Many Requests", fields: "Retry-After: 30\r\n")
        }
        defer { origin.stop() }
        try await withClient({ $0.retries = 2 }) { client in
            let request = UpstreamRequest(origin.url, trust: .configured)
            let status = try await client.fetch(request).status
            #expect(status == 429)
            for _ in 0..<5 {
                let failure = await failure(of: client, request)
                guard case .breakerOpen(let wait) = failure?.kind else {
                    Issue.record("got \(String(describing: failure))")
                    continue
                }
                #expect(wait > .seconds(28) && wait <= .seconds(30))
                #expect(failure?.isRetryable == true)
            }
            #expect(await client.health().first?.isHealthy == false)
        }
        #expect(origin.record.requests.count == 1)
    }

    @Test func `a host that fails is left alone, probed, and taken back`() async throws {
        let turnstile = Turnstile()
        let origin = try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            if connection.number > 3 { connection.send(ok("x")) }
        }
        defer { origin.stop() }
        defer { turnstile.open() }
        let options = { (options: inout UpstreamOptions) in
            options.breaker.failures = 3
            options.breaker.firstPause = .milliseconds(200)
        }
        try await withClient(options) { client in
            let request = UpstreamRequest(origin.url, trust: .configured)
            for _ in 0..<3 { #expect(await failure(of: client, request)?.kind == .truncated) }
            let refused = await failure(of: client, request)
            #expect(refused?.label == "breaker-open")
            #expect(origin.record.connections == 3)
            #expect(await eventually { (try? await client.fetch(request).status) == 200 })
            #expect(await client.health().first?.isHealthy == true)
        }
        #expect(origin.record.connections == 4)
    }

    @Test func `transient failures are retried, and not for requests that must not be repeated`() async throws {
        let origin = try ScriptedOrigin { connection in
            while connection.readRequest() != nil {
                if connection.number.isMultiple(of: 2) {
                    connection.send(ok("x"))
                } else {
                    return
                }
            }
        }
        defer { origin.stop() }
        try await withClient({ $0.retries = 2 }) { client in
            let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(response.timings.attempts == 2)
            #expect(await client.counters().retries == 1)
            let post = UpstreamRequest(origin.url, trust: .configured, method: .post, body: [65])
            #expect(await failure(of: client, post)?.kind == .truncated)
        }
        #expect(origin.record.connections == 3)
    }

    @Test func `the last answer is returned when retries do not help`() async throws {
        let origin = try ScriptedOrigin.answering { _ in answer("500 Internal Server Error", "sorry") }
        defer { origin.stop() }
        try await withClient({ $0.retries = 2 }) { client in
            let response = try await client.fetch(UpstreamRequest(origin.url, trust: .configured))
            #expect(response.status == 500)
            #expect(response.timings.attempts == 3)
        }
        #expect(origin.record.requests.count == 3)
    }
}
