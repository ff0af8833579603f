import Caching
import EventLoops
import Synchronization
import Tokens

/// Warm jobs, and those who follow them.
struct Warming: Sendable {
    let jobs: WarmJobs
    let events: WarmEvents
    private let equipment: CurrentWarmEquipment

    /// - Parameter name: of this instance among the others.
    init(
        name: String, stores: OpenStores, board: FlightBoard, log: Logger, _ equipment: WarmEquipment
    ) {
        let (loop, time, metrics) = (board.loop, board.time, board.metrics)
        let places = WarmPlaces(loop: loop) { board.assumeIsolated { $0.load.flights } }
        let (store, storeName) = stores.jobs(time)
        let warmer = TokenWarmer(
            board: board, places: places, stores: .init(redis: stores.redis?.cache, archive: stores.archive),
            purges: board.updates.purges, time: time, metrics: metrics)
        self.equipment = CurrentWarmEquipment(equipment)
        let tools = WarmTools(
            loop: loop, time: time, store: store, storeName: storeName, warmer: warmer, metrics: metrics, log: log,
            equipment: self.equipment)
        jobs = WarmJobs(name: name, tools: tools)
        events = WarmEvents(loop: loop, jobs: jobs)
    }

    /// Takes what a reload changed.
    func equip(_ new: WarmEquipment) {
        equipment.adopt(new)
    }
}

/// What a reload may change.
struct WarmEquipment: Sendable {
    var supply: SupplyReader
    /// Calls of contracts that leave in one request.
    var batchSizes: [ChainIdentifier: Int]
    var schedules: [WarmSchedule]
}

/// The equipment in force.
final class CurrentWarmEquipment: Sendable {
    private let equipment: Mutex<WarmEquipment>

    init(_ equipment: WarmEquipment) {
        self.equipment = Mutex(equipment)
    }

    var value: WarmEquipment { equipment.withLock { $0 } }

    func adopt(_ new: WarmEquipment) {
        equipment.withLock { $0 = new }
    }
}

extension EquipmentMaker {
    func warmEquipment(_ configuration: Configuration, clients: UpstreamClients) -> WarmEquipment {
        let sizes = configuration.chains.map { ($0.identifier, $0.batching.effectiveSize) }
        return WarmEquipment(
            supply: supplyReader(configuration, clients), batchSizes: Dictionary(sizes) { first, _ in first },
            schedules: WarmSchedule.all(configuration))
    }
}

extension OpenStores {
    /// Where warm jobs live: with Redis all instances share them; an archive of our own keeps them beyond a restart; on
    /// PostgreSQL alone they end with the process.
    fileprivate func jobs(_ time: TimeSource) -> (any JobStore, name: String) {
        if let redis { return (redis.jobs, "redis") }
        if let embedded = archive as? any JobStore { return (embedded, "sqlite") }
        return (MemoryJobStore(time: time), "memory")
    }
}
