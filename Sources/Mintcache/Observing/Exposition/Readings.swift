import Caching
import HTTPServing
import RedisStore
import UpstreamFetching

/// What the parts of a running proxy tell at one moment. As it is made, nothing is there to be read: that is what the
/// reference of all metrics is written from.
struct Readings: Sendable {
    var memory = MemoryCacheStatistics()
    var memoryLimit = 0
    var flights = 0
    var waiters = 0
    var batchPlacesTaken = 0
    var warmJobs = 0
    var warmListeners = 0
    var queue: (rows: Int, bytes: Int) = (0, 0)
    /// `nil` without Redis, or while it is away.
    var outbox: RedisOutbox.Status?
    /// `nil` without Redis.
    var redis: RedisReport?
    /// `nil` without Redis.
    var fleet: FleetReport?
    var connections: ServerCounters?
    var stores: [(name: String, state: Health.DependencyState)] = []
    var events: [EventStatus] = []
    var sources: [SourceReport] = []
    var upstream: [UpstreamCounters] = []
    var hosts: [HostHealth] = []
    var process: ProcessUsage?
    var droppedLogLines = 0
    var version = ""
}
