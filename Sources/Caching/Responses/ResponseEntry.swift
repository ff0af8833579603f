public import HTTPCaching

/// The responses that memory holds for one URL: a variant for each kind of request (RFC 9111, section 4.1), and parts
/// beside whole ones.
public final class ResponseEntry: Sendable {
    public typealias Times = EntryTimes

    /// What the entry is found by.
    public let key: [UInt8]
    /// The latest to come first; at most ``VariantSelection/limit``.
    public let variants: [CachedResponse]
    /// When the latest came, and how long memory may vouch for them all.
    public let times: EntryTimes
    /// What the entry takes of the memory budget, in bytes.
    public let footprint: Int
    /// The response for any request at all: there is one only, whole, and the same for everybody.
    public let soleVariant: CachedResponse?

    let stamp = MemoryTrust.Stamp()
    private let refreshRight = RefreshRight()

    /// - Parameter variants: the latest first; what is beyond the limit is left out.
    public init(key: [UInt8], variants: [CachedResponse], times: EntryTimes) {
        self.key = key
        self.variants = Array(variants.prefix(VariantSelection.limit))
        self.times = times
        let sole = variants.count == 1 ? variants.first : nil
        soleVariant = sole.flatMap { $0.head.variant.isInvariant && $0.head.partial == nil ? $0 : nil }
        footprint = self.variants.reduce(Self.fixedFootprint(key: key)) { $0 + Self.footprint(of: $1) }
    }

    /// The response for a request with these fields; nil when none is for it.
    ///
    /// As ``CachedResponse/select(among:for:)``, at once where there is no choice.
    public func select(for request: HeaderFields) -> CachedResponse? {
        soleVariant ?? CachedResponse.select(among: variants, for: request)
    }

    /// The entry with one more response, in place of the one that answered the same requests.
    ///
    /// A response that came before the one held is not taken, unless that one claims to be from the future. A whole
    /// response replaces a part, never the other way round.
    ///
    /// - Parameter times: of the new entry, for all of its responses.
    public func adding(_ response: CachedResponse, _ times: EntryTimes) -> ResponseEntry {
        let isOutdated = variants.contains { held in
            held.head.variant == response.head.variant
                && (response.head.partial != nil || held.head.partial == nil)
                && held.head.responseTime > response.head.responseTime && held.head.responseTime <= times.storedAt
        }
        if isOutdated { return ResponseEntry(key: key, variants: variants, times: times) }
        let others = variants.filter { !response.head.replaces($0.head) }
        return ResponseEntry(key: key, variants: [response] + others, times: times)
    }

    /// The entry without the oldest responses, and those that are too large at all, so that it takes at most `bytes`;
    /// nil when nothing is left.
    func fitting(_ bytes: Int) -> ResponseEntry? {
        guard footprint > bytes else { return self }
        var room = bytes - Self.fixedFootprint(key: key)
        let kept = variants.filter { variant in
            let size = Self.footprint(of: variant)
            guard size <= room else { return false }
            room -= size
            return true
        }
        return kept.isEmpty ? nil : ResponseEntry(key: key, variants: kept, times: times)
    }

    /// Takes the right to fetch the responses anew, as ``CacheEntry/claimRefresh(at:retryingAfter:)``.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - interval: milliseconds until the next attempt.
    public func claimRefresh(at now: Int64, retryingAfter interval: Int64) -> Bool {
        refreshRight.claim(at: now, retryingAfter: interval)
    }

    private static func fixedFootprint(key: [UInt8]) -> Int {
        Footprint.object(payload: MemoryLayout<EntryTimes>.stride + 48) + Footprint.array(key) + Footprint.block(32)
    }

    /// A response with its place in the array.
    private static func footprint(of variant: CachedResponse) -> Int {
        variant.footprint + MemoryLayout<CachedResponse>.stride
    }
}

extension StoredHead {
    /// Whether nothing is left to use `old` for.
    fileprivate func replaces(_ old: StoredHead) -> Bool {
        variant == old.variant && (partial == nil || old.partial != nil)
    }
}
