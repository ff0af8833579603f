/// Why a response is not stored.
public enum StorageRefusal: String, Sendable, Hashable, CaseIterable {
    /// The origin forbids it (RFC 9111, section 5.2.2.5).
    case noStore = "no-store"
    /// It is for one user (section 5.2.2.7).
    case `private`
    /// Answers to this method are not stored (section 3).
    case method
    /// The request carries Authorization and the origin does not allow sharing (section 3.5).
    case authorization
    /// `Vary: *`: no later request can be known to match (section 4.1).
    case varyAny = "vary-any"
    /// It could never be reused: it is not fresh, cannot be validated and may not be used stale.
    case noFreshness = "no-freshness"
    /// The status is not one to store.
    case status
    /// It sets a cookie and the route does not share those.
    case setCookie = "set-cookie"
    /// The request forbids it (section 5.2.1.5).
    case requestNoStore = "request-no-store"
    /// A part that cannot be stored by itself (section 3.3).
    case partial = "partial-content"
    /// It may be stored only by who understands its status, which is not known here (section 5.2.2.3).
    case mustUnderstand = "must-understand"
    /// Its body is larger than the route keeps.
    case tooLarge = "too-large"
    /// It was invalidated while it was on its way (section 4.4).
    case invalidated

    /// What `detail` of `Cache-Status` says (RFC 9211, section 2.8): the raw value, without allocating.
    public var label: StaticString {
        switch self {
        case .noStore: "no-store"
        case .private: "private"
        case .method: "method"
        case .authorization: "authorization"
        case .varyAny: "vary-any"
        case .noFreshness: "no-freshness"
        case .status: "status"
        case .setCookie: "set-cookie"
        case .requestNoStore: "request-no-store"
        case .partial: "partial-content"
        case .mustUnderstand: "must-understand"
        case .tooLarge: "too-large"
        case .invalidated: "invalidated"
        }
    }
}
