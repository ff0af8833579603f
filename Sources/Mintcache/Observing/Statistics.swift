import Caching
import EventLoops
import HTTPServing
import RedisStore
import Tokens
import UpstreamFetching

/// Numbers about the process for people and for Prometheus, made from the same readings.
struct Statistics: Sendable {
    let metrics: Metrics
    let memory: MemoryCache
    let board: FlightBoard
    let contracts: ContractBoard
    let routes: RouteBoard
    let batchPlaces: BatchPlaces
    let warming: Warming
    let queue: WriteQueue
    let events: EventWatch
    let gateways: GatewayTable
    let sources: @Sendable () -> [SourceReport]
    let upstream: @Sendable () async -> UpstreamClients
    let outbox: @Sendable () async -> RedisOutbox.Status?
    let redis: @Sendable () async -> RedisReport?
    let fleet: FleetMember
    let health: Health
    let memoryLimit: Int
    let server: @Sendable () -> ServerCounters?
    let log: LogSink
    let startedAt: MonotonicTime
    let version: String

    private func readings() async -> Readings {
        var readings = Readings()
        let loads = (await board.load, await contracts.load, await routes.load)
        readings.flights = loads.0.flights + loads.1.flights + loads.2.flights
        readings.waiters = loads.0.waiters + loads.1.waiters + loads.2.waiters
        readings.memory = memory.statistics
        readings.memoryLimit = memoryLimit
        readings.batchPlacesTaken = batchPlaces.taken
        (readings.warmJobs, readings.warmListeners) = (await warming.jobs.running, await warming.events.streams)
        readings.queue = await queue.depth
        readings.outbox = await outbox()
        readings.redis = await redis()
        readings.fleet = await fleet.report
        readings.connections = server()
        readings.stores = health.stores
        readings.events = await events.status()
        readings.sources = sources()
        readings.upstream = await upstream().counters()
        readings.hosts = await upstream().health()
        readings.process = await Task.detached { ProcessUsage.read() }.value
        readings.droppedLogLines = log.droppedLines
        readings.version = version
        return readings
    }

    /// `GET /metrics`, in Prometheus's text format 0.0.4.
    func exposition() async -> String {
        await readings().families(metrics).map(\.exposition).joined()
    }

    /// `GET /admin/stats`.
    func document() async -> [UInt8] {
        let readings = await readings()
        let families = readings.families(metrics)
        let hosts = readings.hosts.map { host -> JSONNode in
            .object([
                ("host", .string("\(host.host):\(host.port)")), ("healthy", .boolean(host.isHealthy)),
                ("running", .integer(host.running)), ("waiting", .integer(host.waiting)),
                ("transfers", .integer(Int(clamping: host.transfers))),
                ("failures", .integer(Int(clamping: host.failures))),
            ])
        }
        let uptime = Int((MonotonicTime.current - startedAt).inMilliseconds / 1000)
        return JSONNode.object([
            ("version", .string(version)), ("uptime_seconds", .integer(uptime)), ("hit_ratio", hitRatios),
            ("latency", latencies),
            ("gauges", Self.values(of: .gauge, in: families)), ("counters", Self.values(of: .counter, in: families)),
            ("upstreams", .array(hosts)),
            ("sources", .array(sources().map { $0.node(at: .current) })),
            ("fleet", readings.fleet?.node(metrics) ?? .null),
            ("gateways", .array(gateways.reports.map(Self.node(of:)))),
            ("dropped_log_lines", .integer(log.droppedLines)),
        ]).bytes
    }

    /// Gauges without the prefix that they share, both with the values of their labels in braces.
    private static func values(of kind: MetricFamily.Kind, in families: [MetricFamily]) -> JSONNode {
        let members = families.filter { $0.kind == kind }.flatMap { family -> [(String, JSONNode)] in
            let name = kind == .gauge ? String(family.name.trimmingPrefix("mintcache_")) : family.name
            return family.samples.map { sample in
                let labels = sample.labels.isEmpty ? "" : "{\(sample.labels.joined(separator: ","))}"
                return (name + labels, Int(exactly: sample.value).map { .integer($0) } ?? .number(sample.value))
            }
        }
        return .object(members)
    }

    /// How long answers took since the start, by tier.
    private var latencies: JSONNode {
        let tiers = AnswerTier.allCases.map { tier -> (String, JSONNode) in
            let histogram = metrics.durations.histogram(of: tier)
            func milliseconds(_ part: Double) -> JSONNode {
                histogram.quantile(part).map { .number(($0 * 1_000_000).rounded() / 1000) } ?? .null
            }
            return (
                tier.label,
                .object([
                    ("count", .integer(Int(clamping: histogram.count))), ("p50_ms", milliseconds(0.5)),
                    ("p95_ms", milliseconds(0.95)), ("p99_ms", milliseconds(0.99)),
                ])
            )
        }
        return .object(tiers)
    }

    private static func node(of gateway: GatewayTable.Report) -> JSONNode {
        let standing = gateway.standing
        func milliseconds(_ percent: Int) -> JSONNode {
            standing.latencies.percentile(percent).map { .integer(Int($0.inMilliseconds)) } ?? .null
        }
        return .object([
            ("host", .string(gateway.host)), ("network", .string(gateway.network.rawValue)),
            ("health", .number((standing.health * 1000).rounded() / 1000)), ("p50_ms", milliseconds(50)),
            ("p95_ms", milliseconds(95)), ("answers", .integer(Int(clamping: standing.answers))),
            ("failures", .integer(Int(clamping: standing.failures))),
            ("consecutive_failures", .integer(standing.consecutiveFailures)),
        ])
    }

    private var hitRatios: JSONNode {
        func ratio(_ hits: Counter, _ misses: Counter) -> JSONNode {
            let (hits, misses) = (Double(hits.current), Double(misses.current))
            return hits + misses > 0 ? .number((hits / (hits + misses) * 10_000).rounded() / 10_000) : .null
        }
        return .object([
            ("memory", ratio(metrics.memoryHits, metrics.memoryMisses)),
            ("redis", ratio(metrics.redisHits, metrics.redisMisses)),
            ("archive", ratio(metrics.archiveHits, metrics.archiveMisses)),
        ])
    }
}
