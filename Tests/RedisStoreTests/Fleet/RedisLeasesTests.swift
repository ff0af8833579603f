import Caching
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("A lease in Redis", .timeLimit(.minutes(1)))
struct RedisLeasesTests {
    private let server: RedisServer
    private let channel = WrittenChannel()
    private let keys = RedisKeys(prefix: "test:")
    private let bench: Workbench
    /// Two instances.
    private let here: RedisLeases
    private let there: RedisLeases
    private let reference: TokenReference

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        reference = try TokenRecord.sample(7).reference
        here = RedisLeases(client: try bench.client(server.url), keys: keys, channel: channel)
        there = RedisLeases(client: try bench.client(server.url), keys: keys, channel: channel)
    }

    private func wish(
        since: Int64 = 1000, purge: UInt64 = 0, lastPurge: UInt64 = 0, for term: Duration = .seconds(30),
        attempts: Int? = 2
    ) -> LeaseWish {
        LeaseWish(
            .token(reference), since: since, purge: purge, lastPurge: lastPurge, for: term, attempts: attempts)
    }

    /// Takes the lease, which is free.
    private func taken(by leases: RedisLeases, _ wish: LeaseWish) async throws -> FetchLease {
        guard case .taken(let lease) = try await leases.take(wish, within: .seconds(2)) else {
            throw TestSupportError("the lease is not free")
        }
        return lease
    }

    @Test("is held by one instance, and tells the others since when and for how long")
    func exclusion() async throws {
        let lease = try await taken(by: here, wish(since: 1234))
        #expect(lease.subject == .token(reference) && lease.attempt == 1 && lease.since == 1234)
        guard case .held(let left, let since) = try await there.take(wish(), within: .seconds(2)) else {
            throw TestSupportError("it was taken twice")
        }
        #expect(since == 1234)
        #expect(left > .seconds(20) && left <= .seconds(30))
    }

    @Test("is of one token, whose record lies beside it")
    func keysOfOneSlot() async throws {
        _ = try await taken(by: here, wish())
        #expect(try await server.command("EXISTS", keys.lease(of: .token(reference))) == "1")
        let other = LeaseWish(.token(try TokenRecord.sample(8).reference), since: 0, for: .seconds(30), attempts: 2)
        _ = try await taken(by: there, other)
        let slots = [keys.lease(of: .token(reference)), keys.record(of: reference)].map { key in
            key.drop { $0 != "{" }.prefix { $0 != "}" }
        }
        #expect(slots[0] == slots[1] && slots[0].count > 1)
    }

    @Test("is of a contract, too, beside those of its tokens")
    func contracts() async throws {
        let subject = FleetSubject.contract(reference.chain, reference.contract)
        let wish = LeaseWish(subject, since: 0, for: .seconds(30), attempts: 2)
        let lease = try await taken(by: here, wish)
        guard case .held = try await there.take(wish, within: .seconds(2)) else {
            throw TestSupportError("it was taken twice")
        }
        _ = try await taken(by: there, self.wish())
        try await here.end(lease, .stored(moment: 5), rememberingFailureFor: .zero)
        #expect(channel.published == [.landed(subject, .stored(moment: 5))])
    }

    @Test("may be taken in spite of failures of before a purge, and counts from the first again")
    func failuresBeforePurges() async throws {
        for _ in 0..<2 {
            let lease = try await taken(by: here, wish(purge: 7))
            try await here.end(lease, .failed([1]), rememberingFailureFor: .seconds(30))
        }
        guard case .failed = try await there.take(wish(purge: 9, lastPurge: 7), within: .seconds(2)) else {
            throw TestSupportError("failures of after the purge are forgotten")
        }
        let lease = try await taken(by: there, wish(purge: 9, lastPurge: 8))
        #expect(lease.attempt == 1 && lease.purge == 9)
    }

    @Test("is kept from others by notes of the release before this one, until they are purged")
    func olderNotes() async throws {
        try await server.command("SET", keys.lease(of: .token(reference)), "failed 2 {\"a\": 1}", "PX", "30000")
        guard case .failed(let problem, left: _) = try await here.take(wish(), within: .seconds(2)) else {
            throw TestSupportError("the note is not understood")
        }
        #expect(problem == Array("{\"a\": 1}".utf8))
        _ = try await taken(by: here, wish(lastPurge: 1))
    }

    @Test("is free again when it was given back, and the others are told after that")
    func givingBack() async throws {
        let lease = try await taken(by: here, wish())
        try await here.end(lease, .stored(moment: 5), rememberingFailureFor: .zero)
        #expect(channel.published == [.landed(.token(reference), .stored(moment: 5))])
        _ = try await taken(by: there, wish())
    }

    @Test("is free again when its holder has died")
    func expiry() async throws {
        let lease = try await taken(by: here, wish(for: .milliseconds(50)))
        let other = try await eventuallyTaken(by: there)
        #expect(other.owner != lease.owner && other.attempt == 1)
    }

    @Test("lasts as long as it is renewed, and no longer")
    func renewal() async throws {
        let lease = try await taken(by: here, wish(for: .milliseconds(200)))
        #expect(try await here.renew(lease, for: .seconds(30)))
        let left = try #require(Int(try await server.command("PTTL", keys.lease(of: .token(reference)))))
        #expect(left > 20_000)
        #expect(try await here.renew(lease, for: .milliseconds(50)))
        _ = try await eventuallyTaken(by: there)
        #expect(try await !here.renew(lease, for: .seconds(30)))
    }

    @Test("is not ended by one who has lost it, who announces only what is stored")
    func endingOfAnothers() async throws {
        let lease = try await taken(by: here, wish(for: .milliseconds(50)))
        _ = try await eventuallyTaken(by: there)
        for outcome in [FetchOutcome.stored(moment: 5), .givenUp, .failed([1])] {
            try await here.end(lease, outcome, rememberingFailureFor: .seconds(30))
        }
        guard case .held = try await here.take(wish(), within: .seconds(2)) else {
            throw TestSupportError("another's lease was ended")
        }
        #expect(channel.published == [.landed(.token(reference), .stored(moment: 5))])
    }

    @Test("is not needed to announce what was fetched without one")
    func announcing() async throws {
        try await here.announce(.token(reference), storedAt: 5)
        #expect(channel.published == [.landed(.token(reference), .stored(moment: 5))])
    }

    @Test("may be taken once more after a failure, by one; after that everybody is told the problem")
    func failures() async throws {
        let problem = Array("the problem, with spaces".utf8)
        let first = try await taken(by: here, wish())
        try await here.end(first, .failed(problem), rememberingFailureFor: .seconds(30))
        let second = try await taken(by: there, wish())
        #expect(second.attempt == 2)
        guard case .held = try await here.take(wish(), within: .seconds(2)) else {
            throw TestSupportError("two instances try again")
        }
        try await there.end(second, .failed(problem), rememberingFailureFor: .seconds(30))
        guard case .failed(problem, let left) = try await here.take(wish(), within: .seconds(2)) else {
            throw TestSupportError("the failure is forgotten")
        }
        #expect(left > .seconds(20) && left <= .seconds(30))
        #expect(
            channel.published == [
                .landed(.token(reference), .failed(problem)), .landed(.token(reference), .failed(problem)),
            ])
    }

    @Test("may be taken after any number of failures by one who wants to know again")
    func failuresThatDoNotMatter() async throws {
        let first = try await taken(by: here, wish(attempts: 1))
        try await here.end(first, .failed([]), rememberingFailureFor: .seconds(30))
        guard case .failed([], left: _) = try await there.take(wish(attempts: 1), within: .seconds(2)) else {
            throw TestSupportError("the failure is forgotten")
        }
        #expect(try await taken(by: there, wish(attempts: nil)).attempt == 2)
    }

    @Test("forgets failures after a success, and when their time is up")
    func forgottenFailures() async throws {
        let first = try await taken(by: here, wish())
        try await here.end(first, .failed([]), rememberingFailureFor: .seconds(30))
        let second = try await taken(by: there, wish())
        try await there.end(second, .stored(moment: 5), rememberingFailureFor: .zero)
        let third = try await taken(by: here, wish(attempts: 1))
        #expect(third.attempt == 1)
        try await here.end(third, .failed([]), rememberingFailureFor: .milliseconds(50))
        #expect(try await eventuallyTaken(by: there, attempts: 1).attempt == 1)
    }

    @Test("whose value is of another release is respected while it lasts")
    func otherRelease() async throws {
        let key = keys.lease(of: .token(reference))
        for value in ["", "held", "held x 1 a", "held 1 x a", "held 1 1", "failed 0 x", "taken 1 1 a"] {
            try await server.command("SET", key, value)
            guard case .held(let left, _) = try await here.take(wish(), within: .seconds(2)) else {
                throw TestSupportError("it was taken from \(value)")
            }
            #expect(left > .zero)
        }
    }

    @Test("cannot be had without Redis")
    func outage() async throws {
        _ = try await taken(by: here, wish())
        server.freeze()
        let error = await #expect(throws: StoreError.self) {
            try await here.take(wish(), within: .milliseconds(50))
        }
        #expect(error?.kind == .timeout)
        server.thaw()
    }

    @Test("works on every node of a cluster")
    func cluster() async throws {
        let cluster = try await RedisCluster.start()
        let client = try bench.client(cluster.url())
        let leases = RedisLeases(client: client, keys: keys, channel: channel)
        for number in UInt64(0)..<20 {
            let wish = LeaseWish(
                .token(try TokenRecord.sample(number).reference), since: 0, for: .seconds(30), attempts: 1)
            let lease = try await taken(by: leases, wish)
            #expect(try await leases.renew(lease, for: .seconds(30)))
            guard case .held = try await leases.take(wish, within: .seconds(2)) else {
                throw TestSupportError("it was taken twice")
            }
            try await leases.end(lease, .failed([1]), rememberingFailureFor: .seconds(30))
            guard case .failed([1], left: _) = try await leases.take(wish, within: .seconds(2)) else {
                throw TestSupportError("the failure is forgotten")
            }
        }
        for node in cluster.nodes { #expect(try await node.command("DBSIZE") != "0") }
        await client.close()
    }

    private func eventuallyTaken(by leases: RedisLeases, attempts: Int? = 2) async throws -> FetchLease {
        let taken = Collected<FetchLease>()
        let wish = wish(attempts: attempts)
        try await eventually("the lease is free") {
            guard case .taken(let lease) = try await leases.take(wish, within: .seconds(2)) else { return false }
            taken.append(lease)
            return true
        }
        return try #require(taken.values.first)
    }
}

/// A channel that nobody listens to.
private final class WrittenChannel: FleetChannel {
    private let announcements = Collected<Announcement>()

    var published: [Announcement] { announcements.values }

    func publish(_ announcement: Announcement) async throws(StoreError) {
        announcements.append(announcement)
    }

    func listen(_ hear: @escaping @Sendable (FleetEvent) -> Void) async {}
}
