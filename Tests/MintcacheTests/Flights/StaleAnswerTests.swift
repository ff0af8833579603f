import Caching
import HTTPCaching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A stale copy` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    @Test func `is the answer at once, and is fetched anew once`() async throws {
        await bench.redis.put(try bench.held("Stale", staleFor: 60))
        await bench.source.gate.close()
        let first = try await bench.delivery()
        #expect(try first.name == "Stale")
        #expect(first.status.handling == .hit && first.status.detail == .redis)
        #expect(try #require(first.status.timeToLive) < 0)
        #expect(text(first.entry.answer.identity.body.bytes).contains("\"stale\":true"))
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        await bench.board.refresh(try reference())
        #expect(await bench.board.load == (flights: 1, waiters: 0))
        await bench.source.gate.open()
        try await eventually("memory is renewed") { try bench.remembered()?.record?.etag != first.entry.record?.etag }
        #expect(try await bench.delivery().name == "Fetched")
        #expect(await bench.source.calls.count == 1)
        #expect(bench.metrics.refreshes.current == 1)
    }

    @Test func `in memory gives nobody else the right to fetch it while that is under way`() async throws {
        await bench.redis.put(try bench.held("Stale", staleFor: 60))
        await bench.source.gate.close()
        _ = try await bench.delivery()
        let entry = try #require(try bench.remembered())
        #expect(!entry.claimRefresh(at: bench.time.now, retryingAfter: 1000))
        #expect(entry.claimRefresh(at: bench.time.now + 10_001, retryingAfter: 1000))
        await bench.source.gate.open()
    }

    @Test func `in memory is renewed in every representation that memory holds`() async throws {
        for representation in TokenRepresentation.allCases { _ = try await bench.delivery(representation) }
        bench.time.advance(by: .seconds(1))
        await bench.source.answers { [bench] in .success(FlightBench.document($0, "Renewed", at: bench.time.now)) }
        _ = await bench.board.delivery(of: try reference(), as: .object, for: .renewal)
        try await eventually("all are renewed") {
            try TokenRepresentation.allCases.allSatisfy {
                try text(bench.remembered($0)?.record?.document ?? []) == #"{"name":"Renewed"}"#
            }
        }
    }

    @Test func `in one representation gives way to a newer one in the other`() async throws {
        let old = try bench.held("Old", staleFor: 60)
        bench.memory.insert(
            sampleRenderer.entry(for: old, as: .object, from: .redis, isStale: true, now: bench.time.now - 20_000))
        let new = try bench.held("New", staleFor: -60)
        bench.memory.insert(
            sampleRenderer.entry(for: new, as: .metadata, from: .redis, isStale: false, now: bench.time.now))
        #expect(try await bench.delivery(.object).name == "New")
        #expect(await bench.source.calls.isEmpty)
    }

    @Test func `past the time for that waits for the source`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: 3700))
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "Fetched")
        #expect(delivery.status.handling == .forwarded(.uriMiss))
    }

    @Test func `past the time for that stands in when the source fails`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: 3700))
        await bench.fails()
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "Old")
        #expect(text(delivery.entry.answer.identity.body.bytes).contains("\"stale\":true"))
        #expect(bench.metrics.staleIfError.current == 1)
        #expect(try bench.remembered()?.answer.status == 200)
    }

    @Test func `that is fresh still is not called stale because a refresh failed`() async throws {
        await bench.redis.put(try bench.held("Fresh", staleFor: -60))
        await bench.fails()
        let delivery = try await bench.delivery(isRefresh: true)
        #expect(try delivery.name == "Fresh")
        #expect(text(delivery.entry.answer.identity.body.bytes).contains("\"stale\":false"))
    }

    @Test func `that a flight under way brings does not content those who demand what the source says`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: 3700))
        let failures = Collected<TokenReference>()
        await bench.source.answers { [bench] reference in
            guard !failures.values.isEmpty else {
                failures.append(reference)
                return .failure(.sourcesFailed)
            }
            return .success(FlightBench.document(reference, "Renewed", at: bench.time.now))
        }
        await bench.source.gate.close()
        await bench.board.refresh(try reference())
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        async let demanded = bench.delivery(isRefresh: true)
        async let other = bench.delivery(isRefresh: true)
        try await eventually("both wait") { await bench.board.load.waiters == 2 }
        await bench.source.gate.open()
        #expect(try await [demanded.name, other.name] == ["Renewed", "Renewed"])
        #expect(await bench.source.calls.count == 2)
    }

    @Test func `past every time is not used`() async throws {
        await bench.redis.put(try bench.held("Ancient", staleFor: 7300))
        await bench.fails()
        #expect(try await bench.delivery().entry.answer.status == 502)
    }

    @Test func `that only the archive has is sent as stale, stored nowhere, and replaced soon`() async throws {
        let ancient = try bench.held("Ancient", staleFor: 7300)
        await bench.source.answers { _ in .success(ancient) }
        await bench.source.becomesArchive()
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "Ancient")
        #expect(text(delivery.entry.answer.identity.body.bytes).contains("\"stale\":true"))
        #expect(delivery.status.handling == .hit && delivery.status.detail == .archive)
        #expect(delivery.entry.times.fetchedAt == ancient.fetchedAt)
        #expect(await bench.redis.writes.isEmpty)
        _ = try await bench.delivery()
        bench.time.advance(by: .seconds(11))
        #expect(try bench.remembered() == nil)
        _ = try await bench.delivery()
        #expect(await bench.source.calls.count > 1)
    }

    @Test func `keeps a failing source in peace, longer each time it fails again`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: 3700))
        await bench.fails()
        var pauses: [Int64] = []
        for _ in 0..<4 {
            let calls = await bench.source.calls.count
            let begin = bench.time.now
            while await bench.source.calls.count == calls {
                #expect(try await bench.delivery().name == "Old")
                bench.time.advance(by: .seconds(1))
            }
            pauses.append((bench.time.now - begin) / 1000)
        }
        #expect(pauses == [1, 10, 20, 40])
    }

    @Test func `left in memory stands in when all else is gone`() async throws {
        _ = try await bench.delivery()
        bench.time.advance(by: .seconds(2 * 3600 + 60))
        await bench.redis.fail(with: .away)
        await bench.archive.fail(with: .away)
        await bench.fails()
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "Fetched")
        #expect(delivery.status.detail == .memory)
    }

    @Test(arguments: [TokenRecord.Outcome.missing(reason: "Burnt."), .unusable(reason: "Not JSON.")])
    func `is not replaced by an answer that there is nothing`(outcome: TokenRecord.Outcome) async throws {
        let good = try bench.held("Good", staleFor: 3700)
        await bench.redis.put(good)
        await bench.source.answers { [bench] reference in
            .success(
                TokenRecord(
                    reference: reference, outcome: outcome, fetchedAt: bench.time.now,
                    freshUntil: bench.time.now + 300_000))
        }
        #expect(try await bench.delivery().name == "Good")
        #expect(await bench.redis.held == [good.reference: good])
        #expect(await bench.redis.writes.isEmpty)
        #expect(await bench.archive.batches.isEmpty)
    }
}

@Suite struct `A flight without a good end` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    @Test func `tells every waiter what went wrong`() async throws {
        let deliveries = Collected<Delivery>()
        await bench.fails()
        await bench.source.gate.close()
        try await bench.join((0..<20).map { _ in bench.waiter(deliveries) })
        await bench.source.gate.open()
        try await eventually("all are told") { deliveries.values.count == 20 }
        #expect(deliveries.values.allSatisfy { $0.entry.answer.status == 502 })
        #expect(deliveries.values.allSatisfy { !$0.status.isStored && $0.status.forwardStatus == 502 })
        #expect(try json(deliveries.values[0].entry.answer.identity.body.array)["detail"]?.string == "Nobody answered.")
        #expect(bench.metrics.failedFlights.current == 1)
        #expect(await bench.redis.writes.isEmpty)
    }

    @Test(arguments: TokenRepresentation.allCases)
    func `is remembered for the whole token, for as long as errors are`(asked: TokenRepresentation) async throws {
        await bench.fails()
        _ = try await bench.delivery(asked)
        for representation in TokenRepresentation.allCases {
            #expect(try bench.remembered(representation)?.answer.status == 502)
        }
        bench.time.advance(by: .seconds(11))
        #expect(try bench.remembered() == nil)
        await bench.source.answers { [bench] in .success(FlightBench.document($0, "Back", at: bench.time.now)) }
        #expect(try await bench.delivery().name == "Back")
        #expect(try bench.remembered()?.answer.status == 200)
    }

    @Test func `is remembered longer each time it comes again, and forgotten when all is well`() async throws {
        await bench.fails()
        _ = try await bench.delivery()
        bench.time.advance(by: .seconds(10))
        _ = try await bench.delivery()
        #expect(await bench.source.calls.count == 2)
        bench.time.advance(by: .seconds(19))
        _ = try await bench.delivery()
        #expect(await bench.source.calls.count == 2)
        await bench.source.answers { [bench] in .success(FlightBench.document($0, "Back", at: bench.time.now)) }
        bench.time.advance(by: .seconds(1))
        #expect(try await bench.delivery().name == "Back")
    }

    @Test func `gives way to what a store has when it is back`() async throws {
        let held = try bench.held("Held", staleFor: -60)
        await bench.archive.put(held)
        await bench.archive.fail(with: .away)
        await bench.fails()
        #expect(try await bench.delivery().entry.answer.status == 502)
        bench.time.advance(by: .seconds(11))
        await bench.archive.fail(with: nil)
        #expect(try await bench.delivery().name == "Held")
        #expect(try bench.remembered()?.answer.status == 200)
    }

    @Test func `ends the wait of one whose time is up, and goes on`() async throws {
        await bench.source.gate.close()
        let delivery = await bench.board.delivery(of: try reference(), as: .object, within: .milliseconds(1))
        #expect(delivery.problem?.slug == "upstream-timeout")
        #expect(await bench.board.load.flights == 1)
        await bench.source.gate.open()
        #expect(try await bench.delivery().name == "Fetched")
        #expect(await bench.source.calls.count == 1)
    }

    @Test func `because the token does not exist is remembered as that`() async throws {
        await bench.source.answers { [bench] reference in
            .success(
                TokenRecord(
                    reference: reference, outcome: .missing(reason: "Never minted."), fetchedAt: bench.time.now,
                    freshUntil: bench.time.now + 300_000))
        }
        #expect(try await bench.delivery().entry.answer.status == 404)
        #expect(try bench.remembered()?.answer.status == 404)
        #expect(try await bench.delivery(.metadata).entry.answer.status == 404)
        #expect(await bench.source.calls.count == 1)
        #expect(bench.metrics.missingTokens.current == 1)
        #expect(await bench.redis.writes.map(\.isEnqueued) == [false])
        bench.time.advance(by: .seconds(301))
        _ = try await bench.delivery()
        #expect(await bench.source.calls.count == 2)
    }
}
