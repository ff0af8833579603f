import HTTPCaching

/// What answered a request, as far as its duration is concerned.
enum AnswerTier: Int, CaseIterable {
    case memory
    case redis
    case archive
    /// A source of tokens, or the upstream of a route.
    case upstream
    /// Tokens of several tiers in one answer.
    case batch
    /// None: refusals, failures, probes, preflights, copies that the client has already.
    case none

    init(_ status: CacheStatus?) {
        switch (status?.handling, status?.detail) {
        case (.hit, .memory): self = .memory
        case (.hit, .redis): self = .redis
        case (.hit, .archive): self = .archive
        case (.forwarded, _): self = .upstream
        case _: self = .none
        }
    }

    /// The label's value.
    var label: String { "\(name)" }

    /// The same without an allocation.
    var name: StaticString {
        switch self {
        case .memory: "memory"
        case .redis: "redis"
        case .archive: "archive"
        case .upstream: "upstream"
        case .batch: "batch"
        case .none: "none"
        }
    }
}
