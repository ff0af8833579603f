import Caching

/// What is counted of instances that share a Redis.
extension Metrics {
    /// What an instance that shares Redis with others was, when a token had to be fetched.
    enum FleetRole: String, CaseIterable {
        /// It fetched for all.
        case led
        /// Another fetched, and it got what that came to.
        case shared
        /// It fetched for itself: the others could not be asked.
        case alone
    }

    /// What announcements were about.
    enum FleetNewsKind: String, CaseIterable {
        case landed, purged, invalidated, acknowledged

        init(_ announcement: Announcement) {
            switch announcement {
            case .landed: self = .landed
            case .purged: self = .purged
            case .invalidated: self = .invalidated
            case .acknowledged: self = .acknowledged
            }
        }
    }
}
