import Caching
import HTTPCaching
import UpstreamFetching

/// What a client gets.
enum RouteAnswer: Sendable {
    /// A response that is there, whole, and whether it is sent with its age.
    case whole(CachedResponse, CacheStatus, hasAge: Bool)
    /// A response whose body is on its way.
    case flowing(FlowingAnswer, BodyReader, CacheStatus)
    /// Without a status the cache had no part in it.
    case problem(Problem, CacheStatus?)
    /// The client has left.
    case nobody
}

/// The head of a response whose body is on its way.
struct FlowingAnswer: Sendable {
    /// What came, before it was made what is stored.
    let received: ReceivedResponse
    let head: StoredHead
    let headBlock: SharedBytes
    /// Whether the upstream gave it an age: then it was stored on the way here (RFC 9111, section 5.1).
    let hasAge: Bool
    /// As the upstream declared it.
    let contentLength: Int?
    let relay: BodyRelay
    /// Why it is not stored; `nil` when it may be.
    let refusal: StorageRefusal?
}

/// A response that an upstream gave just now, whole.
struct FetchedAnswer: Sendable {
    let response: CachedResponse
    /// Whether the upstream gave it an age.
    let hasAge: Bool
    /// Why it was not stored; `nil` when it was.
    let refusal: StorageRefusal?
}

/// What a fetch, or a look through the tiers, comes to for those who wait for it.
enum RouteLanding: Sendable {
    /// A tier holds what may be used.
    case held(StoredVariant)
    /// The upstream gave it just now, whole.
    case fetched(FetchedAnswer)
    /// The upstream gave its head just now.
    case flowing(FlowingAnswer)
    /// The upstream says that what is stored is still right.
    case validated(CachedResponse, isKept: Bool)
    /// The upstream failed, and what is stored may stand in.
    case standIn(CachedResponse, CacheStatus.Detail)
    case problem(Problem)
}

/// What one who waits is told.
enum RouteNews: Sendable {
    case landing(RouteLanding, Boarding)
    case flowing(FlowingAnswer, BodyReader, Boarding)
    /// What came is not for this request: look again.
    case again
    /// What came is for one client alone: each has to ask.
    case alone
    case refused(Bottleneck)
    case timedOut
    case left

    /// How a request came by its answer.
    struct Boarding: Sendable {
        /// Why it was not answered from a tier.
        let reason: CacheStatus.ForwardReason
        /// Whether another had asked first.
        let isCollapsed: Bool
    }
}

/// A stored response and where it was found.
struct StoredVariant: Sendable {
    let response: CachedResponse
    let tier: CacheStatus.Detail
}

/// What the tiers hold for a request.
struct RouteFinding: Sendable {
    var variant: StoredVariant?
    /// Whether the URL has answers for other requests.
    var hasOthers = false
}

extension RouteLanding {
    /// The response's head, when there is one.
    var head: StoredHead? {
        switch self {
        case .held(let found): found.response.head
        case .fetched(let answer): answer.response.head
        case .validated(let response, _), .standIn(let response, _): response.head
        case .flowing(let answer): answer.head
        case .problem: nil
        }
    }
}
