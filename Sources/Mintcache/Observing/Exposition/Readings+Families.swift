import Caching
import EventLoops
import HTTPServing
import RedisStore
import UpstreamFetching

/// Every metric there is, with its values, in the order of the reference.
extension Readings {
    func families(_ metrics: Metrics) -> [MetricFamily] {
        [Self.durations(metrics)] + MetricFamily.counters(metrics.samples) + server + memoryTier + flying
            + persistence + RedisReport.families(of: redis) + FleetReport.families(of: fleet) + eventWatching
            + SourceReport.families(of: sources)
            + upstreams + running(metrics)
    }

    private static func durations(_ metrics: Metrics) -> MetricFamily {
        MetricFamily(
            name: "mintcache_http_request_duration_seconds", kind: .histogram,
            help: """
                From the request's head to the last byte handed to the connection, by what answered: a tier, upstream (a \
                source, or a route's upstream), batch (several), or none (refusals, failures, probes, preflights).
                """,
            labels: [.init(name: "tier")],
            histograms: AnswerTier.allCases.map { ($0.label, metrics.durations.histogram(of: $0)) })
    }

    private var server: [MetricFamily] {
        let failures = (connections?.failures ?? [:]).sorted { $0.key < $1.key }
        func value(_ field: (ServerCounters) -> Int) -> Double { connections.map { Double(field($0)) } ?? 0 }
        return [
            .plain(.gauge, "mintcache_connections", "Open connections of the public listener.", value(\.active)),
            .plain(
                .counter, "mintcache_http_connections_total", "Connections taken, those refused at once included.",
                value(\.accepted)),
            .plain(
                .counter, "mintcache_http_refused_connections_total", "Connections refused: server.max_connections.",
                value(\.refused)),
            .plain(
                .counter, "mintcache_http_requests_total", "Request heads that were read on the public listener.",
                value(\.requests)),
            .plain(
                .counter, "mintcache_http_received_bytes_total", "Bytes received on the public listener.",
                value(\.bytesRead)),
            .plain(
                .counter, "mintcache_http_sent_bytes_total", "Bytes sent on the public listener.",
                value(\.bytesWritten)),
            MetricFamily(
                name: "mintcache_http_malformed_requests_total", kind: .counter,
                help: "What the listener answers before it is a request: malformed or late heads, full server.",
                labels: [.init(name: "reason", meaning: "what was wrong; reasons appear with their first case")],
                samples: failures.map { .init(labels: [$0.key], value: Double($0.value)) }),
        ]
    }

    private var memoryTier: [MetricFamily] {
        [
            .plain(.gauge, "mintcache_memory_entries", "Entries in the memory tier.", Double(memory.count)),
            .plain(
                .gauge, "mintcache_memory_bytes",
                "Bytes in the memory tier, some 6 MiB of empty tables and all overheads included.",
                Double(memory.bytes)),
            .plain(
                .gauge, "mintcache_memory_limit_bytes", "What the memory tier may hold: cache.memory.size.",
                Double(memoryLimit)),
            .plain(
                .counter, "mintcache_memory_insertions_total", "Entries put into the memory tier under a new key.",
                Double(memory.insertions)),
            .plain(
                .counter, "mintcache_memory_evictions_total", "Entries that had to make room in the memory tier.",
                Double(memory.evictions)),
            .plain(
                .counter, "mintcache_memory_rejections_total",
                "Entries that the memory tier did not take: too large, or older than the one held.",
                Double(memory.rejections)),
        ]
    }

    private var flying: [MetricFamily] {
        [
            .plain(.gauge, "mintcache_flights_in_progress", "Flights under way.", Double(flights)),
            .plain(.gauge, "mintcache_flight_waiters", "Requests that wait for a flight.", Double(waiters)),
            .plain(
                .gauge, "mintcache_batch_places_taken",
                "Tokens of batches that are being fetched, 1,000 at most; there, batches wait for each other.",
                Double(batchPlacesTaken)),
            .plain(.gauge, "mintcache_warm_jobs", "Warm jobs that this instance works on.", Double(warmJobs)),
            .plain(
                .gauge, "mintcache_warm_listeners", "Clients that follow warm jobs here by events, 32 at most.",
                Double(warmListeners)),
        ]
    }

    private var persistence: [MetricFamily] {
        [
            .plain(.gauge, "mintcache_write_queue_rows", "Records in the queue in memory.", Double(queue.rows)),
            .plain(.gauge, "mintcache_write_queue_bytes", "Bytes in the queue in memory.", Double(queue.bytes)),
            outboxGauge("rows", "Records in the outbox in Redis; absent without Redis, and while it is away.") {
                Double($0.depth)
            },
            outboxGauge("pending_rows", "Of those, given to an instance.") { Double($0.pending) },
            outboxGauge("bytes", "Memory that the outbox takes in Redis.") { Double($0.bytes) },
            outboxGauge("oldest_seconds", "How long the first record has been in the outbox; 0 when there is none.") {
                Double(($0.oldest ?? .zero).inMilliseconds) / 1000
            },
            MetricFamily(
                name: "mintcache_store_up", kind: .gauge,
                help: "Whether a store is used; 0 while it is away or left out after failures. A second old at most.",
                labels: [.init(name: "store", meaning: "`archive`, and `redis` where there is one")],
                samples: stores.map { .init(labels: [$0.name], value: $0.state == .up ? 1 : 0) }),
        ]
    }

    private func outboxGauge(
        _ name: String, _ help: String, _ value: (RedisOutbox.Status) -> Double
    ) -> MetricFamily {
        .plain(.gauge, "mintcache_outbox_\(name)", help, outbox.map(value))
    }

    private var eventWatching: [MetricFamily] {
        func gauge(_ name: String, _ help: String, _ value: (EventStatus) -> Double) -> MetricFamily {
            MetricFamily(
                name: "mintcache_event_\(name)", kind: .gauge, help: help,
                labels: [.init(name: "chain", meaning: "a chain with `events`")],
                samples: events.map { .init(labels: [$0.chain], value: value($0)) })
        }
        return [
            gauge("position", "The last block whose events were read.") { Double($0.position) },
            gauge("lag_blocks", "Blocks not read yet; never less than the chain's confirmations for long.") {
                Double($0.lag)
            },
            gauge("contracts", "Contracts whose events are read.") { Double($0.contracts) },
        ]
    }

    private var upstreams: [MetricFamily] {
        func sum(_ field: (UpstreamCounters) -> UInt64) -> Double { Double(upstream.reduce(0) { $0 + field($1) }) }
        let failures = upstream.reduce(into: [:]) { $0.merge($1.failuresByLabel, uniquingKeysWith: +) }
        let table: [(String, String, Double)] = [
            ("fetches", "Requests to upstreams.", sum(\.fetches) + sum(\.exchanges)),
            ("retries", "Further attempts at upstreams.", sum(\.retries)),
            ("withheld_retries", "Further attempts that the budget for them did not allow.", sum(\.retriesWithheld)),
            ("redirects", "Redirects of upstreams that were followed.", sum(\.redirects)),
            ("body_bytes", "Bytes of body received from upstreams.", sum(\.bodyBytes)),
            ("connections_opened", "Connections opened to upstreams.", sum(\.connectionsOpened)),
        ]
        let reasons = MetricFamily.Label(name: "reason", meaning: "the kind; kinds appear with their first case")
        return table.map { .plain(.counter, "mintcache_upstream_\($0)_total", $1 + Self.untilReload, $2) } + [
            MetricFamily(
                name: "mintcache_upstream_failures_total", kind: .counter,
                help: "Requests to upstreams without a usable answer." + Self.untilReload, labels: [reasons],
                samples: failures.sorted { $0.key < $1.key }.map { .init(labels: [$0.key], value: Double($0.value)) }),
            .plain(
                .gauge, "mintcache_upstream_connections", "Open connections to upstreams.",
                Double(upstream.reduce(0) { $0 + $1.openConnections })),
            .plain(
                .gauge, "mintcache_upstream_requests_running", "Requests to upstreams under way.",
                Double(upstream.reduce(0) { $0 + $1.running })),
            .plain(
                .gauge, "mintcache_upstream_requests_waiting", "Requests to upstreams that wait for a place.",
                Double(upstream.reduce(0) { $0 + $1.waiting })),
            .plain(
                .gauge, "mintcache_upstream_hosts", "Hosts that were asked lately; /admin/stats names them.",
                Double(hosts.count)),
            .plain(
                .gauge, "mintcache_upstream_hosts_left_alone",
                "Of those, hosts that are left alone but for probes, because they failed or asked for it.",
                Double(hosts.count { !$0.isHealthy })),
        ]
    }

    private static let untilReload = " From zero after a reload."

    private func running(_ metrics: Metrics) -> [MetricFamily] {
        [
            .plain(
                .gauge, "mintcache_config_last_reload_successful",
                "Whether the last reload took effect; 1 before the first.", metrics.lastReload.isSuccessful ? 1 : 0),
            .plain(
                .gauge, "mintcache_config_last_reload_success_timestamp_seconds",
                "When the configuration in force was read, in seconds since 1970.", metrics.lastReload.successTime),
            .plain(
                .counter, "mintcache_dropped_log_lines_total", "Log lines lost because nobody read them in time.",
                Double(droppedLogLines)),
            MetricFamily(
                name: "mintcache_build_info", kind: .gauge, help: "The version that runs.",
                labels: [.init(name: "version", meaning: "its number")],
                samples: version.isEmpty ? [] : [.init(labels: [version], value: 1)]),
            .plain(
                .gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.",
                process?.startTime),
            .plain(
                .counter, "process_cpu_seconds_total", "Processor time that the process has used.",
                process?.processorSeconds),
            .plain(
                .gauge, "process_resident_memory_bytes", "Memory that the process occupies.",
                process.map { Double($0.residentBytes) }),
            .plain(
                .gauge, "process_open_fds", "Open file descriptors.", process.map { Double($0.openDescriptors) }),
            .plain(
                .gauge, "process_max_fds", "How many file descriptors may be open.",
                process.map { Double($0.maximumDescriptors) }),
        ]
    }
}
