public import HTTPCaching

/// Where an answer in memory was taken from.
public enum CacheTier: UInt8, Sendable, Hashable, CaseIterable {
    case source
    case redis
    case archive

    /// The store to name in `Cache-Status` when the answer is first sent; nil for one that was just fetched.
    public var statusDetail: CacheStatus.Detail? {
        switch self {
        case .source: nil
        case .redis: .redis
        case .archive: .archive
        }
    }
}
