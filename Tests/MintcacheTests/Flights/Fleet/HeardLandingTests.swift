import Caching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A copy that is found while another instance brings a newer one` {
    private let bench: FlightBench
    private let old: TokenRecord
    private let new: TokenRecord

    init() throws {
        bench = try FlightBench()
        let now = bench.time.now
        old = FlightBench.document(try reference(), "Old", at: now - 2000)
        new = FlightBench.document(try reference(), "New", at: now - 1000)
    }

    /// Lets a look-up find the old copy, and another instance land before that is in memory.
    private func landing(
        fetchedAt moment: Int64, during look: @escaping @Sendable () async throws -> Delivery?
    ) async throws {
        await bench.redis.put(old)
        await bench.redis.gate.close()
        async let delivery = look()
        try await eventually("it is found") { await bench.redis.lookups == 1 }
        await bench.redis.put(new)
        await bench.board.noteLanding(of: old.reference, fetchedAt: moment)
        await bench.redis.gate.open()
        let found = try await delivery
        #expect(try found?.name == "Old")
    }

    @Test func `is no answer from memory before Redis was asked again`() async throws {
        try await landing(fetchedAt: new.fetchedAt) { [bench] in try await bench.delivery() }
        #expect(try bench.remembered() == nil)
        #expect(try await bench.delivery().name == "New")
        #expect(try bench.remembered() != nil)
    }

    @Test func `is no answer from memory when nobody was to be asked for it either`() async throws {
        try await landing(fetchedAt: new.fetchedAt) { [bench] in
            await bench.board.cachedDelivery(of: try reference(), as: .object)
        }
        #expect(try bench.remembered() == nil)
        #expect(try await bench.delivery().name == "New")
    }

    @Test func `is one when what was brought is not newer`() async throws {
        try await landing(fetchedAt: old.fetchedAt) { [bench] in try await bench.delivery() }
        #expect(try bench.remembered() != nil)
    }

    @Test func `and lies in memory already is looked up again`() async throws {
        await bench.redis.put(old)
        #expect(try await bench.delivery().name == "Old")
        await bench.board.noteLanding(of: old.reference, fetchedAt: old.fetchedAt)
        #expect(try bench.remembered() != nil, "it is the newest itself")
        await bench.redis.put(new)
        await bench.board.noteLanding(of: old.reference, fetchedAt: new.fetchedAt)
        #expect(try bench.remembered() == nil)
        #expect(try await bench.delivery().name == "New")
    }
}

@Suite struct `What an instance has fetched for itself alone` {
    @Test func `is heard of by the others when they find it in Redis`() async throws {
        let leases = FakeLeases()
        let bench = try FlightBench(leases: leases)
        await leases.answer(.error(.away))
        #expect(try await bench.delivery().name == "Fetched")
        try await eventually("it is announced") { await leases.announced.count == 1 }
        let (subject, moment) = try #require(await leases.announced.first)
        #expect(subject == .token(try reference()))
        #expect(await bench.redis.writes.map(\.record.fetchedAt) == [moment])
    }

    @Test func `is no news when Redis did not take it`() async throws {
        let leases = FakeLeases()
        let bench = try FlightBench(leases: leases)
        await leases.answer(.error(.away))
        await bench.redis.fail(with: .away)
        #expect(try await bench.delivery().name == "Fetched")
        await bench.redis.fail(with: nil)
        bench.time.advance(by: .seconds(7200))
        _ = try await bench.delivery(isRefresh: true)
        try await eventually("the next one is announced") { await leases.announced.count == 1 }
    }
}

@Suite struct `A failure that a purge has overtaken` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    @Test func `is nobody's answer, and keeps nobody from trying`() async throws {
        let attempts = Collected<TokenReference>()
        await bench.source.answers { [bench] in
            attempts.append($0)
            if attempts.values.count == 1 { return .failure(.sourcesFailed) }
            return .success(FlightBench.document($0, "Fetched", at: bench.time.now))
        }
        await bench.source.gate.close()
        let first = Task { [bench] in try await bench.delivery() }
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        let mark = PurgeMark(sequence: 2, scope: .token(try reference()), isSoft: false, moment: bench.time.now)
        _ = bench.updates.purges.add(mark)
        await bench.source.gate.open()
        #expect(try await first.value.name == "Fetched")
        #expect(attempts.values.count == 2)
    }
}
