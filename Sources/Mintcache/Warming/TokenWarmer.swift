import Caching
import HTTPCaching
import Tokens
import UpstreamFetching

/// What became of one token of a job.
enum WarmOutcome: Sendable {
    case fetched
    case alreadyFresh
    case skipped
    case failed(WarmFailures.Reason)

    /// As metrics name it.
    enum Label: String, CaseIterable {
        case fetched, skipped, failed
        case alreadyFresh = "already_fresh"
    }

    var label: Label {
        switch self {
        case .fetched: .fetched
        case .alreadyFresh: .alreadyFresh
        case .skipped: .skipped
        case .failed: .failed
        }
    }
}

/// Warms one token after another, each as its job wants it.
struct TokenWarmer: Sendable {
    let board: FlightBoard
    let places: WarmPlaces
    let stores: TierSearch.Stores
    let purges: PurgeBook
    let time: TimeSource
    let metrics: Metrics

    /// - Parameter start: when the job began, in milliseconds since 1970, if another instance may have fetched the token
    ///   for it since.
    func warm(_ token: TokenReference, as request: WarmRequest, since start: Int64?) async -> WarmOutcome {
        if request.kind == .archive { return await load(token, isDryRun: request.isDryRun) }
        if request.isDryRun { return await look(token, isRefresh: request.isRefresh) }
        if request.isRefresh, let start, let held = await board.cachedCopy(of: token)?.record, held.fetchedAt >= start {
            return .fetched
        }
        await places.enter()
        let outcome = await UpstreamPriority.$current.withValue(UpstreamPriority()) {
            await fetch(token, isRefresh: request.isRefresh)
        }
        await places.leave()
        return outcome
    }

    // MARK: Fetching

    private func fetch(_ token: TokenReference, isRefresh: Bool) async -> WarmOutcome {
        var delivery = await board.delivery(of: token, as: .object, for: isRefresh ? .renewal : .revalidation)
        if !isRefresh, isStale(delivery) {
            // Somebody was content with the stale copy, and has begun to fetch a fresh one.
            delivery = await board.delivery(of: token, as: .object, for: .revalidation)
        }
        guard delivery.entry.answer.status == 200 else { return .failed(delivery.failure) }
        switch delivery.status.handling {
        case .forwarded: return .fetched
        case .hit: return isRefresh || isStale(delivery) ? .failed(.kept) : .alreadyFresh
        }
    }

    private func isStale(_ delivery: Delivery) -> Bool {
        guard case .hit = delivery.status.handling else { return false }
        return delivery.entry.times.freshUntil <= time.now
    }

    private func look(_ token: TokenReference, isRefresh: Bool) async -> WarmOutcome {
        guard !isRefresh, let found = await board.cachedCopy(of: token), found.freshness == .fresh else {
            return .fetched
        }
        return .alreadyFresh
    }

    // MARK: From the archive

    /// Puts what the archive holds where it is found sooner: into Redis, or without it into memory.
    private func load(_ token: TokenReference, isDryRun: Bool) async -> WarmOutcome {
        guard let redis = stores.redis else { return await loadIntoMemory(token, isDryRun: isDryRun) }
        do throws(StoreError) {
            let held = try await redis.record(for: token, within: Self.patience)
            if let held, isWorthHaving(held) { return .alreadyFresh }
            let found = try await stores.archive.records(for: [token], within: Self.patience)[token]
            guard let found, isWorthHaving(found) else { return .skipped }
            guard !isDryRun else { return .fetched }
            try await redis.offer(found)
            metrics.offeredRecords.increment()
            return .fetched
        } catch {
            return .failed(
                .init(slug: "store-unavailable", text: "Redis or the archive did not answer: \(error.kind.rawValue)."))
        }
    }

    private static let patience = Duration.seconds(5)

    private func isWorthHaving(_ record: TokenRecord) -> Bool {
        record.freshUntil > time.now && purges.verdict(on: record) == .valid
    }

    private func loadIntoMemory(_ token: TokenReference, isDryRun: Bool) async -> WarmOutcome {
        if isDryRun {
            guard let found = await board.cachedCopy(of: token), found.freshness == .fresh else { return .skipped }
            return found.tier == nil ? .alreadyFresh : .fetched
        }
        guard let delivery = await board.cachedDelivery(of: token, as: .object), !isStale(delivery) else {
            return .skipped
        }
        return delivery.status.detail == .memory ? .alreadyFresh : .fetched
    }
}
