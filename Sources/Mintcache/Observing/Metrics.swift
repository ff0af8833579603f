import Caching
import HTTPCaching
import Synchronization
import Tokens

/// A number that only grows.
public final class Counter: Sendable {
    private let value = Atomic<UInt64>(0)

    public init() {}

    @inline(__always)
    public func increment(by amount: UInt64 = 1) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    public var current: UInt64 { value.load(ordering: .relaxed) }
}

/// What the process counts. One table: each counter stands here with its name, its labels and what it means, and both
/// `/metrics` and `/admin/stats` are made from it.
public final class Metrics: Sendable {
    let memoryHits = Counter()
    let memoryMisses = Counter()
    let redisHits = Counter()
    let redisMisses = Counter()
    let redisFailures = Counter()
    let archiveHits = Counter()
    let archiveMisses = Counter()
    let archiveFailures = Counter()
    let answers = StatusClasses()
    let routes = CacheHandlings()
    let flights = Counter()
    let failedFlights = Counter()
    let collapsedRequests = Counter()
    let refusedWaiters = Counter()
    let refreshes = Counter()
    let batches = Counter()
    let batchTokens = Counter()
    let refreshesAccepted = Counter()
    let refreshesCoolingDown = Counter()
    let staleIfError = Counter()
    let documents = Counter()
    let missingTokens = Counter()
    let unusableDocuments = Counter()
    let contractCalls = Counter()
    let sharedContractCalls = Counter()
    let contractRequests = Counter()
    let splitContractRequests = Counter()
    let timedOutRequests = Counter()
    let abandonedRequests = Counter()
    let queuedRows = Counter()
    let archivedRows = Counter()
    let rejectedRows = Counter()
    let droppedRows = Counter()
    let failedBatches = Counter()
    let droppedOutboxRows = Counter()
    let expiredRows = Counter()
    let offeredRecords = Counter()
    let documentReads = LabelledCounters<DocumentOrigin>()
    let fleetFetches = LabelledCounters<FleetRole>()
    let inheritedLeases = Counter()
    let hedges = Counter()
    let warmTokens = LabelledCounters<WarmOutcome.Label>()
    let hedgesWon = Counter()
    let gatewayFailures = LabelledCounters<GatewayFault>()
    let purges = Counter()
    let unconfirmedPurges = Counter()
    let fleetNews = LabelledCounters<FleetNewsKind>()
    let restoredPurges = Counter()
    let fleetGaps = Counter()
    let fleetLosses = Counter()
    let reloads = Counter()
    let failedReloads = Counter()
    let lastReload = LastReload()
    let rateLimitedRequests = Counter()
    let loopStalls = Counter()
    /// How long answers took. Each loop has its own.
    let durations = RequestDurations.OfAllLoops()
    let events = EventCounters()
    let telemetry = TelemetryCounters()
    let sessions = SessionCounters()

    public init() {}

    /// Answers by the first digit of their status.
    final class StatusClasses: Sendable {
        private let counters = (0..<6).map { _ in Counter() }

        @inline(__always)
        func count(_ status: Int) {
            counters[status / 100 % 6].increment()
        }

        subscript(digit: Int) -> UInt64 { counters[digit].current }
    }

    /// Answers on routes by what the cache did, in the words of `Cache-Status`.
    final class CacheHandlings: Sendable {
        private let hits = Counter()
        private let forwards = CacheStatus.ForwardReason.allCases.map { ($0, Counter()) }

        func count(_ status: CacheStatus) {
            switch status.handling {
            case .hit: hits.increment()
            case .forwarded(let reason): forwards.first { $0.0 == reason }?.1.increment()
            }
        }

        var all: [(label: String, count: UInt64)] {
            [("hit", hits.current)] + forwards.map { ("\($0.label)", $1.current) }
        }
    }

    /// Where documents that tokens' URIs lead to came from.
    enum DocumentOrigin: String, CaseIterable {
        case fetched
        /// A fetch for another token.
        case shared
        /// A fetch for another token, a short while ago.
        case recent
        /// The copy held was the content asked for.
        case held
        /// The copy held, which the host says is still the same.
        case notModified = "not_modified"
    }

    /// One counter for each of a few labels.
    final class LabelledCounters<Label: CaseIterable & RawRepresentable<String>>: Sendable {
        private let counters = Dictionary(uniqueKeysWithValues: Label.allCases.map { ($0.rawValue, Counter()) })

        func count(_ label: Label) {
            counters[label.rawValue]?.increment()
        }

        subscript(label: Label) -> UInt64 { counters[label.rawValue]?.current ?? 0 }

        func samples(_ name: String, _ label: String, help: String) -> [Sample] {
            Label.allCases.map { value in
                Sample(name: name, help: help, label: (label, value.rawValue), value: self[value])
            }
        }
    }

    /// One value of a counter.
    struct Sample {
        let name: String
        let help: String
        let labels: [(name: String, value: String)]
        let value: UInt64

        init(name: String, help: String, labels: [(name: String, value: String)], value: UInt64) {
            self.name = name
            self.help = help
            self.labels = labels
            self.value = value
        }

        init(name: String, help: String, label: (name: String, value: String)? = nil, value: UInt64) {
            self.init(name: name, help: help, labels: label.map { [$0] } ?? [], value: value)
        }
    }

    /// Every counter, samples of one name next to each other.
    var samples: [Sample] {
        let responses = (1...5).map { digit in
            Sample(
                name: "mintcache_http_responses_total",
                help: "Answers by class of status, but for what the listener answers before it is a request.",
                label: ("code", "\(digit)xx"), value: answers[digit])
        }
        let lookups: [(String, String, Counter)] = [
            ("memory", "hit", memoryHits), ("memory", "miss", memoryMisses), ("redis", "hit", redisHits),
            ("redis", "miss", redisMisses), ("redis", "failure", redisFailures), ("archive", "hit", archiveHits),
            ("archive", "miss", archiveMisses), ("archive", "failure", archiveFailures),
        ]
        let tiers = lookups.map { tier, result, counter in
            Sample(
                name: "mintcache_lookups_total", help: "Look-ups by tier and result.",
                labels: [("tier", tier), ("result", result)], value: counter.current)
        }
        let outcomes: [(String, Counter)] = [
            ("document", documents), ("missing", missingTokens), ("unusable", unusableDocuments),
        ]
        let resolutions = outcomes.map { name, counter in
            Sample(
                name: "mintcache_resolutions_total", help: "Tokens resolved from sources by outcome.",
                label: ("outcome", name), value: counter.current)
        }
        let handlings = routes.all.map { label, count in
            Sample(
                name: "mintcache_route_answers_total",
                help: "Answers on routes by Cache-Status: hits, and requests sent on by the reason.",
                label: ("cache", label),
                value: count)
        }
        let wishes = [("accepted", refreshesAccepted), ("cooldown", refreshesCoolingDown)].map { result, counter in
            Sample(
                name: "mintcache_refresh_requests_total", help: "Clients' requests to fetch a token anew by result.",
                label: ("result", result), value: counter.current)
        }
        return responses + tiers + resolutions + handlings + wishes + fetching + warming + plain + events.samples
            + telemetry.samples + sessions.samples
    }

    private var fetching: [Sample] {
        documentReads.samples(
            "mintcache_document_reads_total", "from",
            help: "Documents that token URIs lead to: fetched; had from another token's fetch; or the copy held.")
            + fleetFetches.samples(
                "mintcache_fleet_fetches_total", "role",
                help: "Tokens and contracts to be fetched: for all instances, by another one, or for this one alone.")
            + fleetNews.samples(
                "mintcache_fleet_announcements_total", "kind",
                help: "Announcements of instances heard here, its own included, by what they were about.")
            + gatewayFailures.samples(
                "mintcache_gateway_failures_total", "reason",
                help: """
                    Answers of gateways that were none. unusable: a page where another had the document; mismatch: not \
                    the content that was asked for.
                    """)
    }

    private var warming: [Sample] {
        warmTokens.samples(
            "mintcache_warm_tokens_total", "outcome",
            help: "Tokens of warm jobs that this instance dealt with by outcome; those of dry runs count, too.")
    }

    private var plain: [Sample] {
        let table: [(String, String, Counter)] = [
            ("flights", "Flights started.", flights),
            ("failed_flights", "Flights that no source could end.", failedFlights),
            ("collapsed_requests", "Requests that shared another's flight.", collapsedRequests),
            (
                "refused_waiters",
                "Requests answered 503: more than 10,000 for one flight, 100,000 in all, or 50,000 flights.",
                refusedWaiters
            ),
            ("refreshes", "Flights that fetched anew behind a stale answer.", refreshes),
            ("inherited_leases", "Fetches taken over from instances that had died.", inheritedLeases),
            ("stale_if_error", "Flights that ended with an old copy because sources failed.", staleIfError),
            ("contract_calls", "Calls of contracts that were asked for.", contractCalls),
            ("shared_contract_calls", "Calls of contracts that shared one under way.", sharedContractCalls),
            ("contract_requests", "JSON-RPC requests with calls of contracts: round trips.", contractRequests),
            (
                "split_contract_requests",
                "Batches of calls asked for again in parts. When it keeps growing, batch_size is too large.",
                splitContractRequests
            ),
            ("batches", "Batches asked for.", batches),
            ("batch_tokens", "Tokens asked for in batches.", batchTokens),
            ("rate_limited_requests", "Requests answered 429 by server.rate_limit.", rateLimitedRequests),
            ("timed_out_requests", "Requests whose deadline passed before the answer.", timedOutRequests),
            ("abandoned_requests", "Requests whose client left before the answer.", abandonedRequests),
            ("queued_rows", "Records queued for the archive.", queuedRows),
            ("archived_rows", "Records the archive took.", archivedRows),
            ("rejected_rows", "Records the archive set aside.", rejectedRows),
            ("dropped_rows", "Records lost because the bounded queue was full.", droppedRows),
            ("failed_batches", "Batches the archive could not take for now.", failedBatches),
            ("dropped_outbox_rows", "Records lost because the outbox was at its bounds.", droppedOutboxRows),
            ("expired_rows", "Rows deleted because nobody fetched them for `archive.retention`.", expiredRows),
            ("offered_records", "Records that the archive had and Redis had not, put there.", offeredRecords),
            ("gateway_hedges", "Gateways asked beside one that was slow.", hedges),
            ("gateway_hedges_won", "Gateways asked beside another that answered first.", hedgesWon),
            ("purges", "Purges that this instance did as they demand.", purges),
            ("unconfirmed_purges", "Purges that a living instance did not confirm in time.", unconfirmedPurges),
            ("restored_purges", "Purges that Redis had lost and this instance put back.", restoredPurges),
            ("fleet_gaps", "Times that announcements of other instances were missed for good.", fleetGaps),
            ("fleet_losses", "Times that announcements of other instances were not heard in time.", fleetLosses),
            ("event_loop_stalls", "Times a loop was held up for longer than watchdog.log_after.", loopStalls),
            ("config_reloads", "Configuration reloads that took effect.", reloads),
            ("failed_config_reloads", "Configuration reloads that were refused.", failedReloads),
        ]
        return table.map { Sample(name: "mintcache_\($0)_total", help: $1, label: nil, value: $2.current) }
    }

    func count(_ outcome: TokenRecord.Outcome) {
        switch outcome {
        case .document: documents.increment()
        case .missing: missingTokens.increment()
        case .unusable: unusableDocuments.increment()
        }
    }

    func countLookup(_ tier: CacheTier, found: Bool) {
        switch tier {
        case .redis: (found ? redisHits : redisMisses).increment()
        case .archive: (found ? archiveHits : archiveMisses).increment()
        case .source: break
        }
    }
}
