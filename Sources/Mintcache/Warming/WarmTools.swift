import Caching
import EventLoops
import Tokens

/// What warm jobs work with.
struct WarmTools: Sendable {
    let loop: EventLoop
    let time: TimeSource
    let store: any JobStore
    /// As the list of jobs names it.
    let storeName: String
    let warmer: TokenWarmer
    let metrics: Metrics
    let log: Logger
    let equipment: CurrentWarmEquipment

    private static let archiveTimeout = Duration.seconds(10)

    func feed(_ plan: WarmPlan, _ request: WarmRequest) -> WarmFeed {
        WarmFeed(
            plan: plan, request: request, archive: warmer.stores.archive, archiveTimeout: Self.archiveTimeout,
            supply: { [equipment] in equipment.value.supply })
    }

    /// What a job would cost that has so many tokens to fetch: a call of the contract and a document for each, the calls
    /// in batches, and as much time as fetches took so far.
    func estimate(_ request: WarmRequest, _ count: Int) -> WarmEstimate {
        guard request.kind != .archive else { return WarmEstimate(toFetch: count, upstreamCalls: 0, seconds: 0) }
        let chain = request.collection?.chain ?? request.spans.spans.first?.collection.chain
        let size = max(1, chain.flatMap { equipment.value.batchSizes[$0] } ?? 1)
        let fetches = metrics.durations.histogram(of: .upstream)
        let each = fetches.count > 0 ? Double(fetches.total) / 1e9 / Double(fetches.count) : 0.5
        var seconds = Double(count) * each / Double(request.concurrency)
        if request.rate > 0 { seconds = max(seconds, Double(count) / Double(request.rate)) }
        return WarmEstimate(
            toFetch: count, upstreamCalls: count + (count + size - 1) / size, seconds: Int(seconds.rounded(.up)))
    }
}

/// How often warm jobs are saved, and how many there may be.
struct WarmTiming: Sendable {
    /// How often a job is saved, and looked for.
    var beat = Duration.seconds(1)
    /// How long an instance may be silent until another takes up its jobs.
    var term = Duration.seconds(10)
    /// Jobs that one instance works on at once.
    var running = 8
    var bounds = JobBounds(open: 64, kept: 100, retention: .seconds(7 * 86_400))
}
