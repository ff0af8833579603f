import Caching
import EventLoops
import HTTPCaching
import Synchronization
import Tokens

/// What a flight hands to one who waited for it.
struct Delivery: Sendable {
    let entry: CacheEntry
    let status: CacheStatus
    /// What went wrong, when the entry is not about a record.
    var problem: Problem?
    /// What it took.
    var costs: FlightCosts?
}

/// One who waits for a flight.
struct FlightWaiter: Sendable {
    /// Names the waiter when it leaves.
    struct Identifier: Hashable, Sendable {
        private static let last = Atomic<UInt64>(0)
        private let number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    let identifier = Identifier()
    let representation: TokenRepresentation
    /// Where to deliver.
    let loop: EventLoop
    /// When the request is traced.
    var trace: RequestTrace?
    /// Called once, on ``loop``.
    let deliver: @Sendable (Delivery) -> Void
}

/// What a flight brought, before it is rendered for each representation asked for.
enum Landing: Sendable {
    /// A source gave it just now.
    case fetched(TokenRecord)
    /// A tier held it; memory when `tier` is `nil`.
    case held(TokenRecord, tier: CacheTier?, isStale: Bool)
    case problem(Problem)

    static func held(_ found: FoundRecord) -> Landing {
        .held(found.record, tier: found.tier, isStale: found.freshness != .fresh)
    }

    var isFresh: Bool {
        switch self {
        case .fetched: true
        case .held(_, tier: _, let isStale): !isStale
        case .problem: false
        }
    }

    /// A stable word.
    var label: String {
        switch self {
        case .fetched(let record): "fetched-\(record.outcome)"
        case .held(_, let tier, let isStale): (isStale ? "stale-" : "held-") + (tier.map { "\($0)" } ?? "memory")
        case .problem(let problem): problem.slug
        }
    }

    var problem: Problem? {
        if case .problem(let problem) = self { problem } else { nil }
    }

    var record: TokenRecord? {
        switch self {
        case .fetched(let record), .held(let record, _, _): record
        case .problem: nil
        }
    }
}
