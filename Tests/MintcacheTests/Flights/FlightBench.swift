import Caching
import EventLoops
import HTTPCaching
import MintcacheTesting
import Tokens

@testable import Mintcache

/// A flight board with stores in memory and a source that does what a test says.
final class FlightBench: Sendable {
    let loop: EventLoop
    let time = TimeSource()
    let metrics = Metrics()
    let memory = MemoryCache(.init(bytes: 8 << 20, entryBytes: 1 << 20))
    let redis = FakeSharedCache()
    let archive = FakeArchive()
    let updates = FlightUpdates()
    let source: ScriptedSource
    let board: FlightBoard

    /// The source answers every token with a document, fresh for an hour, unless the test changes that.
    ///
    /// - Parameter leases: those that it shares with other instances; it is alone without them.
    init(hasRedis: Bool = true, leases: FakeLeases? = nil) throws {
        loop = try EventLoop(label: "test")
        source = ScriptedSource { [time] in .success(FlightBench.document($0, "Fetched", at: time.now)) }
        let limits = WriteQueue.Limits(batchRows: 10, batchInterval: .milliseconds(1))
        let queue = WriteQueue(loop: loop, archive: archive, limits: limits, metrics: metrics, log: silentLogger())
        let keeper = RecordKeeper(
            route: hasRedis ? .redis(redis) : .embedded(archive), queue: queue, metrics: metrics, log: silentLogger())
        let staleness = StalenessPolicy(staleWhileRevalidate: .seconds(3600), staleIfError: .seconds(7200))
        let lifetimes = LifetimePolicy([.failure: .seconds(10)], growthLimit: 4, jitterPercent: 0)
        let rules = FlightBoard.Rules(
            staleness: staleness, lifetimes: lifetimes, errorTTL: 10_000, redisTimeout: .seconds(1),
            archiveTimeout: .seconds(1), fetchTimeout: .seconds(10))
        board = FlightBoard(
            loop: loop, memory: memory, time: time, stores: .init(redis: hasRedis ? redis : nil, archive: archive),
            keeper: keeper, metrics: metrics, updates: updates,
            fleet: leases.map { [loop, time, metrics] in
                FleetFetches(loop: loop, leases: $0, time: time, metrics: metrics)
            },
            observer: FlightObserver(debugged: DebugTable(), time: time, log: silentLogger()),
            equipment: .init(
                resolver: source, placeholders: PlaceholderDetector(), renderer: sampleRenderer, rules: rules))
    }

    deinit {
        loop.shutdown()
    }

    static func document(_ reference: TokenReference, _ name: String, at now: Int64) -> TokenRecord {
        let document = Array(#"{"name":"\#(name)"}"#.utf8)
        return TokenRecord(
            reference: reference, outcome: .document, standard: .erc721, document: document,
            etag: EntityDigest.text(document), fetchedAt: now, freshUntil: now + 3_600_000)
    }

    /// A record of token 1 that stopped being fresh so many seconds ago; not yet, when below zero.
    func held(_ name: String, staleFor seconds: Int64) throws -> TokenRecord {
        Self.document(try reference(), name, at: time.now - 3_600_000 - seconds * 1000)
    }

    /// Token 1, as soon as it is there.
    func delivery(_ representation: TokenRepresentation = .object, isRefresh: Bool = false) async throws -> Delivery {
        await board.delivery(of: try reference(), as: representation, for: isRefresh ? .renewal : .answer)
    }

    /// What a request would find in memory.
    func remembered(_ representation: TokenRepresentation = .object) throws -> CacheEntry? {
        EntryKey.bytes(try reference(), representation).withUnsafeBytes { memory.entry(forKey: $0, at: time.now) }
    }

    /// Joins so many waiters to token 1 in one turn of the loop.
    func join(_ waiters: [FlightWaiter]) async throws {
        await board.join(try reference(), all: waiters)
    }

    /// A waiter that writes down what it gets.
    func waiter(_ deliveries: Collected<Delivery>) -> FlightWaiter {
        FlightWaiter(representation: .object, loop: loop) { deliveries.append($0) }
    }

    func fails(with problem: Problem = .sourcesFailed) async {
        await source.answers { _ in .failure(problem) }
    }
}

extension FlightBoard {
    fileprivate func join(_ reference: TokenReference, all waiters: [FlightWaiter]) {
        for waiter in waiters { join(reference, waiter) }
    }
}

extension Problem {
    static let sourcesFailed = Problem(502, "upstream-failed", "Upstream failed", detail: "Nobody answered.")
}

extension Delivery {
    /// The name in the document; `nil` for a problem.
    var name: String? {
        get throws {
            guard entry.answer.status == 200 else { return nil }
            return try json(entry.answer.identity.body.array)["name"]?.string
        }
    }
}
