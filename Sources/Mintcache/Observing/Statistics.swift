import Caching
import EventLoops
import HTTPServing
import RedisStore
import Tokens
import UpstreamFetching

/// Numbers about the process for people and for Prometheus, made from the same readings.
struct Statistics: Sendable {
    /// A value that may fall.
    private struct Gauge {
        let name: String
        let help: String
        var label: (name: String, value: String)?
        let value: Int
    }

    let metrics: Metrics
    let memory: MemoryCache
    let board: FlightBoard
    let contracts: ContractBoard
    let routes: RouteBoard
    let batchPlaces: BatchPlaces
    let queue: WriteQueue
    let events: EventWatch
    let gateways: GatewayTable
    let sources: @Sendable () -> [SourceReport]
    let upstream: @Sendable () async -> UpstreamClients
    let outbox: @Sendable () async -> RedisOutbox.Status?
    let redis: @Sendable () async -> RedisReport?
    let server: @Sendable () -> ServerCounters?
    let log: LogSink
    let startedAt: MonotonicTime
    let version: String

    private func gauges() async -> [Gauge] {
        let load = await board.load
        let contractLoad = await contracts.load
        let routeLoad = await routes.load
        let depth = await queue.depth
        let connections = server()
        var gauges = [
            Gauge(name: "memory_entries", help: "Entries in the memory tier.", value: memory.count),
            Gauge(name: "memory_bytes", help: "Bytes in the memory tier, overheads included.", value: memory.bytes),
            Gauge(
                name: "flights_in_progress", help: "Flights under way.",
                value: load.flights + contractLoad.flights + routeLoad.flights),
            Gauge(
                name: "flight_waiters", help: "Requests that wait for a flight.",
                value: load.waiters + contractLoad.waiters + routeLoad.waiters),
            Gauge(
                name: "batch_places_taken", help: "Tokens that batches have had asked for and that are being fetched.",
                value: batchPlaces.taken),
            Gauge(name: "write_queue_rows", help: "Records in the queue in memory.", value: depth.rows),
            Gauge(name: "write_queue_bytes", help: "Bytes in the queue in memory.", value: depth.bytes),
            Gauge(name: "connections", help: "Open connections.", value: connections?.active ?? 0),
        ]
        if let outbox = await outbox() { gauges += outboxGauges(outbox) }
        return gauges + eventGauges(await events.status())
    }

    private func outboxGauges(_ outbox: RedisOutbox.Status) -> [Gauge] {
        [
            Gauge(name: "outbox_rows", help: "Records in the outbox in Redis.", value: outbox.depth),
            Gauge(name: "outbox_pending_rows", help: "Of those, given to an instance.", value: outbox.pending),
            Gauge(name: "outbox_bytes", help: "Memory that the outbox takes in Redis.", value: outbox.bytes),
            Gauge(
                name: "outbox_oldest_seconds", help: "How long the first record has been in the outbox.",
                value: Int((outbox.oldest ?? .zero).components.seconds)),
        ]
    }

    /// Those of one name next to each other.
    private func eventGauges(_ chains: [EventStatus]) -> [Gauge] {
        func gauges(_ name: String, _ help: String, _ value: (EventStatus) -> Int) -> [Gauge] {
            chains.map { Gauge(name: name, help: help, label: ("chain", $0.chain), value: value($0)) }
        }
        return gauges("event_position", "The last block whose events were read.") { Int(clamping: $0.position) }
            + gauges("event_lag_blocks", "Blocks of the chain that are not read yet.") { Int(clamping: $0.lag) }
            + gauges("event_contracts", "Contracts whose events are read.", \.contracts)
    }

    /// `GET /metrics`, in Prometheus's text format 0.0.4.
    func exposition() async -> String {
        var text = ""
        var last = ""
        let sources = sources()
        for sample in metrics.samples + SourceReport.samples(of: sources) + (await neighbourSamples()) {
            if sample.name != last {
                text += "# HELP \(sample.name) \(sample.help)\n# TYPE \(sample.name) counter\n"
                last = sample.name
            }
            text += "\(sample.name)\(Self.text(sample.label)) \(sample.value)\n"
        }
        for gauge in await gauges() {
            if gauge.name != last {
                text += "# HELP mintcache_\(gauge.name) \(gauge.help)\n# TYPE mintcache_\(gauge.name) gauge\n"
                last = gauge.name
            }
            text += "mintcache_\(gauge.name)\(Self.text(gauge.label)) \(gauge.value)\n"
        }
        text += SourceReport.exposition(of: sources)
        text += "# HELP mintcache_build_info The version that runs.\n# TYPE mintcache_build_info gauge\n"
        return text + "mintcache_build_info{version=\"\(version)\"} 1\n"
    }

    private static func text(_ label: (name: String, value: String)?) -> String {
        label.map { "{\($0.name)=\"\($0.value)\"}" } ?? ""
    }

    /// What those count that this process talks to.
    private func neighbourSamples() async -> [Metrics.Sample] {
        let redisSamples = await redis()?.samples ?? []
        return redisSamples + (await upstreamSamples())
    }

    private func upstreamSamples() async -> [Metrics.Sample] {
        let counters = await upstream().counters()
        func sum(_ field: (UpstreamCounters) -> UInt64) -> UInt64 { counters.reduce(0) { $0 + field($1) } }
        let table: [(String, String, UInt64)] = [
            ("upstream_fetches", "Requests to upstreams.", sum(\.fetches) + sum(\.exchanges)),
            ("upstream_failures", "Requests to upstreams without a usable answer.", sum(\.failures)),
            ("upstream_retries", "Further attempts at upstreams.", sum(\.retries)),
            ("upstream_body_bytes", "Bytes of body received from upstreams.", sum(\.bodyBytes)),
            ("upstream_connections_opened", "Connections opened to upstreams.", sum(\.connectionsOpened)),
        ]
        return table.map { Metrics.Sample(name: "mintcache_\($0)_total", help: $1, label: nil, value: $2) }
    }

    /// `GET /admin/stats`.
    func document() async -> [UInt8] {
        let counters = (metrics.samples + (await neighbourSamples())).map { sample in
            let key = sample.label.map { "\(sample.name){\($0.value)}" } ?? sample.name
            return (key, JSONNode.integer(Int(clamping: sample.value)))
        }
        let gauges = await gauges().map { gauge in
            (gauge.label.map { "\(gauge.name){\($0.value)}" } ?? gauge.name, JSONNode.integer(gauge.value))
        }
        let hosts = await upstream().health().map { host -> JSONNode in
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
            ("gauges", .object(gauges)), ("counters", .object(counters)), ("upstreams", .array(hosts)),
            ("sources", .array(sources().map { $0.node(at: .current) })),
            ("gateways", .array(gateways.reports.map(Self.node(of:)))),
            ("dropped_log_lines", .integer(log.droppedLines)),
        ]).bytes
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
