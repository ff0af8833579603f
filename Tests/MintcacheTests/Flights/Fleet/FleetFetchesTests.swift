import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `The turn to fetch a token for all instances` {
    private let loop: TestLoop
    private let time = TimeSource()
    private let metrics = Metrics()
    private let redis = FakeSharedCache()
    private let leases = FakeLeases()
    private let fleet: FleetFetches

    init() async throws {
        loop = try TestLoop()
        let timing = FleetFetches.Timing(
            term: .seconds(3), renewal: .milliseconds(5), jitter: .milliseconds(1))
        fleet = FleetFetches(
            loop: loop.loop, leases: leases, time: time, metrics: metrics, timing: timing)
        await fleet.news.hear(.caughtUp)
    }

    private func question(
        _ token: UInt64 = 1, newerThan: Int64 = .min, takesAwaited: Bool = false, patience: Duration = .seconds(60),
        lastChange: Int64? = nil
    ) throws -> FleetQuestion<TokenRecord> {
        let reference = try reference(token)
        return FleetQuestion(
            subject: .token(reference), attempts: 2, newerThan: newerThan, takesAwaited: takesAwaited, purge: 3,
            redisTimeout: .seconds(1), patience: patience,
            stored: { [redis] () async throws(StoreError) in
                try await redis.record(for: reference, within: .seconds(1))
            },
            isFresh: { [time] in $0.freshUntil > time.now }, lastChange: { lastChange }, lastPurge: { 2 })
    }

    /// Takes a turn, which is free.
    private func lead(_ token: UInt64 = 1) async throws -> FetchLease {
        guard case .lead(let lease) = await fleet.admission(to: try question(token)) else {
            throw TestSupportError("another fetches")
        }
        return lease
    }

    /// Waits for as long as a lease on another token takes to be renewed a few times.
    private func othersAreRenewed() async throws {
        let other = try await lead(2)
        try await eventually("another lease is renewed") { await leases.renewed.filter { $0 == other }.count >= 3 }
    }

    private func document(fetchedAt: Int64? = nil) throws -> TokenRecord {
        FlightBench.document(try reference(), "Theirs", at: fetchedAt ?? time.now)
    }

    /// Lets another instance's fetch end once somebody has asked for the lease so often.
    private func announce(_ event: FleetEvent, afterAttempts count: Int = 1) async throws {
        try await eventually("the lease is asked for") { await leases.wishes.count == count }
        await fleet.news.hear(event)
    }

    private func landed(_ outcome: FetchOutcome) throws -> FleetEvent {
        .announced(.landed(.token(try reference()), outcome))
    }

    @Test func `is had by who gets the lease`() async throws {
        let (lease, reference) = (try await lead(), try reference())
        #expect(lease.subject == .token(reference) && lease.purge == 3)
        #expect(await leases.wishes.map(\.lastPurge) == [2])
        #expect(metrics.fleetFetches[.led] == 1)
    }

    @Test func `is not needed when another has just brought the record`() async throws {
        let record = try document()
        await redis.put(record)
        #expect(await fleet.admission(to: try question()).record == record)
        try await eventually("the lease is given back") {
            await leases.ended.map(\.outcome) == [.stored(moment: record.fetchedAt)]
        }
    }

    @Test func `is needed when what Redis holds is not good enough`() async throws {
        let record = try document()
        await redis.put(record)
        #expect(await fleet.admission(to: try question(newerThan: record.fetchedAt)).isLead)
        await redis.put(try document(fetchedAt: time.now - 7_200_000))
        #expect(await fleet.admission(to: try question()).isLead)
    }

    @Test func `is waited for while another has it, whose record is the answer`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now))
        let record = try document()
        let question = try question()
        async let admission = fleet.admission(to: question)
        await redis.put(record)
        try await announce(try landed(.stored(moment: time.now)))
        #expect(await admission.record == record)
        #expect(await leases.wishes.count == 1)
        #expect(metrics.fleetFetches[.shared] == 1)
    }

    @Test func `takes what an awaited fetch brought for fresh, as everybody does who shares a fetch`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now))
        var record = try document()
        record.freshUntil = record.fetchedAt
        let question = try question()
        async let admission = fleet.admission(to: question)
        await redis.put(record)
        try await announce(try landed(.stored(moment: time.now)))
        #expect(await admission.record == record)
    }

    @Test func `is wanted all the same when the other's fetch began before the token changed`() async throws {
        let now = time.now
        await leases.answer(.held(left: .seconds(60), since: now - 1), .taken)
        await redis.put(try document(fetchedAt: now + 5))
        let question = try question(lastChange: now)
        async let admission = fleet.admission(to: question)
        try await announce(try landed(.stored(moment: time.now)))
        #expect(await admission.isLead)
    }

    @Test func `is waited for by who wants it anew, too, though the other's fetch began before`() async throws {
        let now = time.now
        await leases.answer(.held(left: .seconds(60), since: now - 10), .taken)
        let record = try document(fetchedAt: now - 5)
        let question = try question(newerThan: now, takesAwaited: true)
        async let admission = fleet.admission(to: question)
        await redis.put(record)
        try await announce(try landed(.stored(moment: record.fetchedAt)))
        #expect(await admission.record == record)
    }

    @Test func `is wanted by who wants it anew when what Redis holds is older than what was brought`() async throws {
        let now = time.now
        await leases.answer(.held(left: .seconds(60), since: now - 10), .taken)
        let question = try question(newerThan: now, takesAwaited: true)
        async let admission = fleet.admission(to: question)
        await redis.put(try document(fetchedAt: now - 5000))
        try await announce(try landed(.stored(moment: now - 5)))
        #expect(await admission.isLead)
    }

    @Test(arguments: [FetchOutcome.givenUp, .failed([1])])
    func `is tried for again when the other has brought nothing`(_ outcome: FetchOutcome) async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now), .taken)
        let question = try question()
        async let admission = fleet.admission(to: question)
        try await announce(try landed(outcome))
        #expect(await admission.isLead)
        #expect(metrics.inheritedLeases.current == 0)
    }

    @Test func `is not queued for when fetches leave nothing in Redis`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now))
        let question = try question()
        async let admission = fleet.admission(to: question)
        try await announce(try landed(.givenUp))
        try await announce(try landed(.givenUp), afterAttempts: 2)
        #expect(await admission.isAlone)
    }

    @Test func `is tried for again when announcements were missed`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now), .taken)
        let question = try question()
        async let admission = fleet.admission(to: question)
        try await announce(.gap)
        #expect(await admission.isLead)
    }

    @Test func `passes to another when its holder says nothing for longer than its term`() async throws {
        await leases.answer(.held(left: .milliseconds(1), since: time.now), .taken)
        #expect(await fleet.admission(to: try question()).isLead)
        #expect(await leases.wishes.count == 2)
        #expect(metrics.inheritedLeases.current == 1)
    }

    @Test func `is not worth waiting for longer than fetches take`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now))
        #expect(await fleet.admission(to: try question(patience: .milliseconds(20))).isAlone)
    }

    @Test func `does not matter when Redis does not answer`() async throws {
        await leases.answer(.error(.away))
        #expect(await fleet.admission(to: try question()).isAlone)
        #expect(metrics.fleetFetches[.alone] == 1)
    }

    @Test func `does not matter when nothing is heard of the others`() async throws {
        await leases.answer(.held(left: .seconds(60), since: time.now))
        await fleet.news.hear(.lost)
        #expect(await fleet.admission(to: try question()).isAlone)
        await fleet.news.hear(.caughtUp)
        let question = try question()
        async let admission = fleet.admission(to: question)
        try await announce(.lost, afterAttempts: 2)
        #expect(await admission.isAlone)
    }

    @Test func `is nobody's after fetches have failed`() async throws {
        await leases.answer(.failed([7], left: .seconds(9)))
        let failure = await fleet.admission(to: try question()).failure
        #expect(failure?.problem == [7] && failure?.left == .seconds(9))
    }

    @Test func `is kept while the fetch lasts, and not a moment longer`() async throws {
        let lease = try await lead()
        try await eventually("it is renewed") { await leases.renewed.count >= 3 }
        fleet.end(lease, .failed([1]), rememberingFailureFor: .seconds(5))
        fleet.end(lease, .stored(moment: 1))
        try await eventually("it is given back") { await leases.ended.count == 1 }
        let (ended, outcome, memory) = try #require(await leases.ended.first)
        #expect(ended == lease && outcome == .failed([1]) && memory == .seconds(5))
        let count = await leases.renewed.count
        try await othersAreRenewed()
        #expect(await leases.renewed.dropFirst(count).allSatisfy { $0 != lease })
        #expect(await leases.ended.count == 1)
    }

    @Test func `that was lost is not claimed again`() async throws {
        await leases.lose()
        let lease = try await lead()
        try await eventually("a renewal is tried") { await leases.renewed == [lease] }
        await leases.lose(false)
        try await othersAreRenewed()
        #expect(await leases.renewed.filter { $0 == lease }.count == 1)
    }

    @Test func `is given up by an instance that stops`() async throws {
        _ = try await lead()
        await fleet.endAll()
        #expect(await leases.ended.map(\.outcome) == [.givenUp])
    }

    @Test func `is not taken any more by an instance that stops`() async throws {
        await fleet.endAll()
        #expect(await fleet.admission(to: try question()).isAlone)
        #expect(await leases.wishes.isEmpty)
    }

    @Test func `is given up at once when the instance stops while it is being taken`() async throws {
        await leases.gate.close()
        let question = try question()
        async let admission = fleet.admission(to: question)
        try await eventually("the lease is asked for") { await leases.wishes.count == 1 }
        await fleet.endAll()
        await leases.gate.open()
        #expect(await admission.isAlone)
        #expect(await leases.ended.map(\.outcome) == [.givenUp])
    }
}

extension FleetFetches.Admission<TokenRecord> {
    fileprivate var record: TokenRecord? { if case .landed(let record) = self { record } else { nil } }
    fileprivate var failure: (problem: [UInt8], left: Duration)? {
        if case .failed(let problem, let left) = self { (problem, left) } else { nil }
    }
    fileprivate var isLead: Bool { if case .lead = self { true } else { false } }
    fileprivate var isAlone: Bool { if case .alone = self { true } else { false } }
}
