import Caching
import HTTPCaching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A flight` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    @Test func `is one for each token, however many join`() async throws {
        let deliveries = Collected<Delivery>()
        await bench.source.gate.close()
        try await bench.join((0..<100).map { _ in bench.waiter(deliveries) })
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        #expect(await bench.board.load == (flights: 1, waiters: 100))
        try await bench.join((0..<100).map { _ in bench.waiter(deliveries) })
        await bench.source.gate.open()
        try await eventually("all are served") { deliveries.values.count == 200 }
        #expect(await bench.source.calls.count == 1)
        #expect(try deliveries.values.allSatisfy { try $0.name == "Fetched" })
        #expect(deliveries.values.count { !$0.status.isCollapsed && $0.status.isStored } == 1)
        #expect(deliveries.values.count { $0.status.isCollapsed && !$0.status.isStored } == 199)
        #expect(deliveries.values.allSatisfy { $0.status.handling == .forwarded(.uriMiss) })
        #expect(bench.metrics.collapsedRequests.current == 199 && bench.metrics.flights.current == 1)
        #expect(await bench.board.load == (flights: 0, waiters: 0))
    }

    @Test func `of one token holds up no other`() async throws {
        await bench.source.gate.close()
        let first = Task { [bench] in try await bench.delivery() }
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        let other = FlightBench.document(try reference(2), "Other", at: bench.time.now)
        await bench.redis.put(other)
        let delivery = await bench.board.delivery(of: other.reference, as: .object)
        #expect(try delivery.name == "Other")
        await bench.source.gate.open()
        #expect(try await first.value.name == "Fetched")
    }

    @Test func `has the record in a store before it answers`() async throws {
        let delivery = try await bench.delivery()
        #expect(await bench.redis.writes.map(\.record) == [delivery.entry.record])
        #expect(await bench.redis.writes.map(\.isEnqueued) == [true])
        #expect(delivery.status == .forwarded(.uriMiss, status: 200, stored: true))
    }

    @Test func `gives each waiter the representation it asked for`() async throws {
        await bench.source.gate.close()
        async let object = bench.delivery(.object)
        async let metadata = bench.delivery(.metadata)
        try await eventually("both wait") { await bench.board.load.waiters == 2 }
        await bench.source.gate.open()
        #expect(try text(await metadata.entry.answer.identity.body.bytes) == #"{"name":"Fetched"}"#)
        #expect(try await object.entry.answer.identity.body.count > 100)
        #expect(await bench.source.calls.count == 1)
    }

    @Test func `does not call one who has left, and ends all the same`() async throws {
        let deliveries = Collected<Delivery>(), gone = Collected<Delivery>()
        let leaving = bench.waiter(gone)
        await bench.source.gate.close()
        try await bench.join([leaving, bench.waiter(deliveries)])
        await bench.board.leave(leaving.identifier)
        #expect(await bench.board.load == (flights: 1, waiters: 1))
        await bench.source.gate.open()
        try await eventually("the other is served") { deliveries.values.count == 1 }
        #expect(gone.values.isEmpty)
    }

    @Test func `that everybody has left fills the caches`() async throws {
        let gone = Collected<Delivery>()
        let leaving = bench.waiter(gone)
        await bench.source.gate.close()
        try await bench.join([leaving])
        await bench.board.leave(leaving.identifier)
        await bench.source.gate.open()
        try await eventually("memory is filled") { try bench.remembered() != nil }
        #expect(await bench.redis.held.count == 1)
        #expect(gone.values.isEmpty)
        await bench.board.leave(leaving.identifier)
    }

    @Test func `carries a bounded number of waiters and refuses the next at once`() async throws {
        let deliveries = Collected<Delivery>(), refused = Collected<Delivery>()
        let limit = Flights<TokenReference, Int>.Limits().waitersPerKey
        await bench.source.gate.close()
        try await bench.join((0..<limit).map { _ in bench.waiter(deliveries) })
        try await bench.join([bench.waiter(refused)])
        try await eventually("the last is told so") { refused.values.count == 1 }
        #expect(refused.values.first?.entry.answer.status == 503)
        #expect(deliveries.values.isEmpty && bench.metrics.refusedWaiters.current == 1)
        await bench.source.gate.open()
        try await eventually("the others are served") { deliveries.values.count == limit }
        #expect(try bench.remembered()?.answer.status == 200, "a refusal is not remembered")
    }

    @Test func `is tried at once when another instance has brought what this one could not get`() async throws {
        await bench.fails()
        #expect(try await bench.delivery().name == nil)
        let theirs = FlightBench.document(try reference(), "Theirs", at: bench.time.now)
        await bench.redis.put(theirs)
        #expect(try await bench.delivery().name == nil)
        await bench.board.noteLanding(of: try reference(), fetchedAt: theirs.fetchedAt)
        #expect(try bench.remembered() == nil)
        #expect(try await bench.delivery().name == "Theirs")
        await bench.board.noteLanding(of: try reference(), fetchedAt: theirs.fetchedAt)
        #expect(try bench.remembered() != nil, "what is no failure stays")
    }

    @Test func `follows the rules that a reload brought`() async throws {
        let other = ScriptedSource { [bench] in .success(FlightBench.document($0, "Other source", at: bench.time.now)) }
        let rules = FlightBoard.Rules(
            staleness: StalenessPolicy(staleWhileRevalidate: .zero, staleIfError: .zero),
            lifetimes: LifetimePolicy([.failure: .seconds(1)], growthLimit: 1, jitterPercent: 0), errorTTL: 1000,
            redisTimeout: .seconds(1), archiveTimeout: .seconds(1), fetchTimeout: .seconds(10))
        await bench.board.equip(
            .init(
                resolver: other, placeholders: PlaceholderDetector(), renderer: sampleRenderer, rules: rules))
        #expect(try await bench.delivery().name == "Other source")
        #expect(await bench.source.calls.isEmpty)
    }
}

@Suite struct `A flight looks first` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    @Test func `into memory, which another flight may have filled meanwhile`() async throws {
        _ = try await bench.delivery()
        let again = try await bench.delivery(.metadata)
        #expect(await bench.source.calls.count == 1)
        #expect(await bench.redis.lookups == 1)
        #expect(again.status.handling == .hit && again.status.detail == .memory)
        #expect(text(again.entry.answer.identity.body.bytes) == #"{"name":"Fetched"}"#)
    }

    @Test func `into memory again when its time there is over, and below for something newer`() async throws {
        _ = try await bench.delivery()
        bench.time.advance(by: .seconds(61))
        #expect(try bench.remembered() == nil)
        await bench.redis.put(FlightBench.document(try reference(), "By another replica", at: bench.time.now))
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "By another replica")
        #expect(delivery.status.detail == .redis)
        #expect(await bench.source.calls.count == 1)
    }

    @Test func `into Redis, and fetches nothing that is fresh there`() async throws {
        await bench.redis.put(try bench.held("In Redis", staleFor: -60))
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "In Redis")
        #expect(delivery.status.handling == .hit && delivery.status.detail == .redis)
        #expect((58...60).contains(try #require(delivery.status.timeToLive)))
        #expect(await bench.source.calls.isEmpty)
        #expect(await bench.archive.lookups == 0)
        #expect(try bench.remembered() != nil)
    }

    @Test func `into the archive when Redis has nothing`() async throws {
        await bench.archive.put(try bench.held("In the archive", staleFor: -60))
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "In the archive")
        #expect(delivery.status.detail == .archive)
        #expect(await bench.source.calls.isEmpty)
        #expect(bench.metrics.redisMisses.current == 1 && bench.metrics.archiveHits.current == 1)
    }

    @Test func `into the archive when Redis fails`() async throws {
        await bench.redis.fail(with: .away)
        await bench.archive.put(try bench.held("In the archive", staleFor: -60))
        #expect(try await bench.delivery().name == "In the archive")
        #expect(bench.metrics.redisFailures.current == 1)
        #expect(await bench.source.calls.isEmpty)
    }

    @Test func `and asks the source when every store fails`() async throws {
        await bench.redis.fail(with: .away)
        await bench.archive.fail(with: .away)
        #expect(try await bench.delivery().name == "Fetched")
        #expect(bench.metrics.archiveFailures.current == 1)
        await bench.archive.fail(with: nil)
        try await eventually("the record reaches the archive") { await bench.archive.held.count == 1 }
    }

    @Test func `and takes the newer of two copies`() async throws {
        await bench.redis.put(try bench.held("Older", staleFor: 120))
        await bench.archive.put(try bench.held("Newer", staleFor: -60))
        #expect(try await bench.delivery().name == "Newer")
        #expect(await bench.source.calls.isEmpty)
    }

    @Test func `but asks the source all the same when told to`() async throws {
        await bench.redis.put(try bench.held("In Redis", staleFor: -60))
        #expect(try await bench.delivery(isRefresh: true).name == "Fetched")
        #expect(await bench.source.calls.count == 1)
    }
}
