import Caching
import EventLoops
import MintcacheTesting
import Tokens
import UpstreamFetching

@testable import Mintcache

/// Warm jobs of several instances that share a store and the sources of one bench.
final class WarmBench: Sendable {
    let flights: FlightBench
    let store: MemoryJobStore
    /// A store that can be away.
    let access: FallibleJobStore

    init() throws {
        flights = try FlightBench()
        store = MemoryJobStore(time: flights.time)
        access = FallibleJobStore(store)
    }

    static let timing: WarmTiming = {
        var timing = WarmTiming()
        timing.beat = .milliseconds(10)
        return timing
    }()

    func jobs(
        _ name: String = "here", timing: WarmTiming = WarmBench.timing, schedules: [WarmSchedule] = []
    ) -> WarmJobs {
        let board = flights.board
        let places = WarmPlaces(loop: flights.loop) { board.assumeIsolated { $0.load.flights } }
        let warmer = TokenWarmer(
            board: board, places: places, stores: .init(redis: flights.redis, archive: flights.archive),
            purges: flights.updates.purges, time: flights.time, metrics: flights.metrics)
        let caller = ContractCaller(
            gatherers: CallGatherers(loop: flights.loop, metrics: flights.metrics),
            client: UpstreamClient(loop: flights.loop),
            retries: 0)
        let supply = SupplyReader(chain: { _ in nil }, caller: caller, timeout: .seconds(1))
        let tools = WarmTools(
            loop: flights.loop, time: flights.time, store: access, storeName: "memory", warmer: warmer,
            metrics: flights.metrics, log: silentLogger(),
            equipment: CurrentWarmEquipment(
                WarmEquipment(supply: supply, batchSizes: [:], schedules: schedules)))
        return WarmJobs(name: name, tools: tools, timing: timing)
    }

    /// Jobs that an instance works on until the body ends.
    func working<Value: Sendable>(
        _ jobs: WarmJobs, _ body: () async throws -> Value
    ) async throws -> Value {
        let work = Task(executorPreference: flights.loop) { await jobs.run() }
        do {
            let value = try await body()
            await jobs.stop()
            await work.value
            return value
        } catch {
            await jobs.stop()
            throw error
        }
    }

    static func request(to last: Int, _ options: String = "") throws -> WarmRequest {
        let body = #"{"chain":"ethereum","contract":"\#(sampleContract)","from":"1","to":"\#(last)"\#(options)}"#
        return try WarmRequest(parsing: Array(body.utf8), chains: sampleChains)
    }
}

/// A store of jobs that can be away.
actor FallibleJobStore: JobStore {
    private let store: MemoryJobStore
    private var isAway = false

    init(_ store: MemoryJobStore) {
        self.store = store
    }

    func goAway(_ isAway: Bool) {
        self.isAway = isAway
    }

    private func check() throws(StoreError) {
        if isAway { throw .away }
    }

    func add(_ job: NewJob, within bounds: JobBounds) async throws(StoreError) -> JobAddition {
        try check()
        return try await store.add(job, within: bounds)
    }

    func jobs() async throws(StoreError) -> [StoredJob] {
        try check()
        return try await store.jobs()
    }

    func job(_ identifier: String) async throws(StoreError) -> StoredJob? {
        try check()
        return try await store.job(identifier)
    }

    func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) async throws(StoreError) -> ClaimedJob? {
        try check()
        return try await store.claim(as: owner, for: term, besides: others)
    }

    func save(
        _ update: JobUpdate, of identifier: String, as owner: String
    ) async throws(StoreError) -> JobStanding {
        try check()
        return try await store.save(update, of: identifier, as: owner)
    }

    func cancel(_ identifier: String, retention: Duration) async throws(StoreError) -> StoredJob? {
        try check()
        return try await store.cancel(identifier, retention: retention)
    }
}
