import Caching
import HTTPCaching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `A token that an event has made out of date` {
    private let bench: FlightBench

    init() throws {
        bench = try FlightBench()
    }

    /// Marks token 1 as of a moment, or of now.
    private func mark(at moment: Int64? = nil) throws {
        let reference = try reference()
        let mark = UpdateMark(
            chain: reference.chain, contract: reference.contract, tokens: TokenRange(reference.token),
            moment: moment ?? bench.time.now)
        bench.updates.marks.add([mark], on: reference.chain)
    }

    @Test func `is answered stale at once and fetched anew, once`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: -1800))
        try mark()
        await bench.source.gate.close()
        let delivery = try await bench.delivery()
        #expect(try delivery.name == "Old")
        #expect(text(delivery.entry.answer.identity.body.bytes).contains("\"stale\":true"))
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        await bench.source.gate.open()
        try await eventually("memory is renewed") {
            try bench.remembered()?.record?.etag != delivery.entry.record?.etag
        }
        #expect(try await bench.delivery().name == "Fetched")
        #expect(await bench.source.calls.count == 1)
    }

    @Test func `is fresh in a tier that another instance has renewed since`() async throws {
        try mark()
        await bench.redis.put(FlightBench.document(try reference(), "Renewed", at: bench.time.now))
        #expect(try await bench.delivery().name == "Renewed")
        #expect(await bench.source.calls.isEmpty)
    }

    @Test func `and that was purged before is not shown again`() async throws {
        var old = try bench.held("Old", staleFor: -1800)
        old.purgeSequence = 1
        await bench.redis.put(old)
        #expect(try await bench.delivery().name == "Old")
        let scope = PurgeScope.contract(old.reference.chain, old.reference.contract)
        _ = bench.updates.purges.add(PurgeMark(sequence: 2, scope: scope, isSoft: false, moment: bench.time.now))
        bench.memory.doubtAll()
        try mark()
        await bench.source.gate.close()
        await bench.board.renewOutdated(try reference())
        #expect(try bench.remembered() == nil)
        await bench.source.gate.open()
        #expect(try await bench.delivery().name == "Fetched")
    }

    @Test func `is not said to be missing any more`() async throws {
        var missing = try bench.held("", staleFor: -1800)
        missing.outcome = .missing(reason: "not minted")
        await bench.redis.put(missing)
        try mark()
        #expect(try await bench.delivery().name == "Fetched")
    }

    @Test func `while it was being fetched is fetched once more, and nowhere taken for new`() async throws {
        await bench.source.gate.close()
        async let first = bench.delivery()
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        try mark()
        await bench.source.gate.open()
        #expect(text(try await first.entry.answer.identity.body.bytes).contains("\"stale\":true"))
        try await eventually("the second fetch is kept") { await bench.redis.writes.count == 2 }
        let kept = await bench.redis.writes.map(\.record)
        #expect(bench.updates.marks.isOutdated(kept[0]) && !bench.updates.marks.isOutdated(kept[1]))
        try await eventually("memory is renewed") { try bench.remembered()?.record == kept[1] }
        #expect(await bench.source.calls.count == 2)
    }

    @Test func `while it was being fetched, which is heard only afterwards, is fetched once more`() async throws {
        await bench.source.gate.close()
        async let first = bench.delivery()
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        bench.time.advance(by: .seconds(1))
        let readByAnother = bench.time.now
        bench.time.advance(by: .seconds(1))
        await bench.source.gate.open()
        #expect(try await first.name == "Fetched")
        try mark(at: readByAnother)
        let kept = try #require(await bench.redis.writes.first?.record)
        #expect(bench.updates.marks.isOutdated(kept), "it may tell the old")
        #expect(kept.freshUntil >= readByAnother + 3_601_000, "it is fresh for as long as it was to be")
        await bench.board.renewOutdated(try reference())
        try await eventually("it is fetched anew") { await bench.redis.writes.count == 2 }
        #expect(bench.updates.marks.isOutdated(try #require(await bench.redis.writes.last?.record)) == false)
    }

    @Test func `while it was being fetched is fetched once more for who demands what the source says`() async throws {
        await bench.source.gate.close()
        async let demanded = bench.delivery(isRefresh: true)
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        bench.time.advance(by: .seconds(1))
        try mark()
        bench.time.advance(by: .seconds(1))
        await bench.source.gate.open()
        #expect(try await demanded.status.handling == .forwarded(.uriMiss))
        #expect(await bench.source.calls.count == 2)
    }

    @Test func `is sent stale to whoever asks while it is being fetched`() async throws {
        await bench.redis.put(try bench.held("Old", staleFor: -1800))
        try mark()
        await bench.source.gate.close()
        await bench.board.renewOutdated(try reference())
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        for representation in [TokenRepresentation.object, .metadata] {
            #expect(text(try await bench.delivery(representation).entry.answer.identity.body.bytes).contains("Old"))
        }
        async let renewed = bench.delivery(isRefresh: true)
        await bench.source.gate.open()
        #expect(try await renewed.name == "Fetched")
        #expect(await bench.source.calls.count == 1)
    }

    @Test func `is shown stale by memory from the first moment on`() async throws {
        _ = try await bench.delivery()
        bench.time.advance(by: .seconds(1))
        try mark()
        await bench.source.gate.close()
        await bench.board.renewOutdated(try reference())
        let shown = try #require(try bench.remembered())
        #expect(text(shown.answer.identity.body.bytes).contains("\"stale\":true"))
        await bench.source.gate.open()
    }

    @Test func `belongs to a contract whose events matter from the first question on`() async throws {
        let reference = try reference()
        await bench.source.gate.close()
        async let first = bench.delivery()
        try await eventually("the fetch begins") { await bench.source.calls.count == 1 }
        #expect(bench.updates.contracts.contracts(on: reference.chain) == [reference.contract])
        #expect(bench.updates.contracts.count(on: reference.chain) == 0)
        await bench.source.gate.open()
        _ = try await first
        #expect(bench.updates.contracts.count(on: reference.chain) == 1)
    }

    @Test func `that does not exist makes its contract's events matter no longer than the question`() async throws {
        let reference = try reference()
        await bench.fails()
        _ = try await bench.delivery()
        try await eventually("nothing is watched") {
            bench.updates.contracts.contracts(on: reference.chain).isEmpty
        }
    }
}
