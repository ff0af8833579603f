public import HTTPCaching
public import Tokens

/// A finished answer in memory: everything a response needs, ready to be sent, shared by reference.
///
/// All times are milliseconds since 1970, by the clock of whoever passes `now`.
public final class CacheEntry: Sendable {
    public typealias Times = EntryTimes

    /// An answer in the codings it is kept in.
    public struct Answer: Sendable {
        /// The status code.
        public var status: Int
        /// The body as it is.
        public var identity: Representation
        /// The body compressed by gzip, when that made it smaller.
        public var gzip: Representation?
        /// The body compressed by brotli, when that made it smaller.
        public var brotli: Representation?
        /// `Last-Modified` in seconds since 1970.
        public var lastModified: Int64?

        public init(
            status: Int, identity: Representation, gzip: Representation? = nil, brotli: Representation? = nil,
            lastModified: Int64? = nil
        ) {
            self.status = status
            self.identity = identity
            self.gzip = gzip
            self.brotli = brotli
            self.lastModified = lastModified
        }
    }

    /// What the entry is found by.
    public let key: [UInt8]
    /// What is sent.
    public let answer: Answer
    /// When it came and how long it may be used.
    public let times: EntryTimes
    /// The record the answer was made from, so that others can be made without asking a store.
    public let record: TokenRecord?
    /// Where the answer was taken from.
    public let tier: CacheTier
    /// Whether it tells of a failure: that is over soon, and nothing to be refreshed or kept by others.
    public let isFailure: Bool
    /// The codings the answer is kept in.
    public let codings: ContentCodingSet
    /// What the entry takes of the memory budget, in bytes.
    public let footprint: Int

    let stamp = MemoryTrust.Stamp()
    private let refreshRight = RefreshRight()

    /// - Parameter isFailure: by default, what is about no record.
    public init(
        key: [UInt8], answer: Answer, times: EntryTimes, record: TokenRecord?, tier: CacheTier,
        isFailure: Bool? = nil
    ) {
        self.key = key
        self.answer = answer
        self.times = times
        self.record = record
        self.tier = tier
        self.isFailure = isFailure ?? (record == nil)
        var codings = ContentCodingSet.identity
        if answer.gzip != nil { codings.insert(.gzip) }
        if answer.brotli != nil { codings.insert(.brotli) }
        self.codings = codings
        footprint =
            Footprint.object(payload: Self.payload) + Footprint.array(key) + Footprint.record(record)
            + answer.identity.footprint + (answer.gzip?.footprint ?? 0) + (answer.brotli?.footprint ?? 0)
    }

    /// The same answer with other times, sharing its bytes: for a record that a tier below confirmed.
    public func renewed(_ times: EntryTimes, from tier: CacheTier) -> CacheEntry {
        CacheEntry(key: key, answer: answer, times: times, record: record, tier: tier, isFailure: isFailure)
    }

    /// The answer in the coding that suits the client best; identity when there is no other.
    public func representation(for accepted: AcceptEncoding) -> Representation {
        representation(in: accepted.preferred(among: codings))
    }

    /// The answer in `coding`, or as it is when it is not kept in that coding.
    public func representation(in coding: ContentCoding) -> Representation {
        switch coding {
        case .identity: answer.identity
        case .gzip: answer.gzip ?? answer.identity
        case .brotli: answer.brotli ?? answer.identity
        }
    }

    /// Takes the right to fetch the answer anew; of all who ask at once exactly one gets it.
    ///
    /// A refresh that succeeds replaces the entry. For one that does not, the right falls free again after `interval`,
    /// so that a failing source is asked at that pace and not once per hit.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - interval: milliseconds until the next attempt.
    public func claimRefresh(at now: Int64, retryingAfter interval: Int64) -> Bool {
        refreshRight.claim(at: now, retryingAfter: interval)
    }

    /// The size of the stored properties.
    private static var payload: Int {
        MemoryLayout<[UInt8]>.stride + MemoryLayout<Answer>.stride + MemoryLayout<EntryTimes>.stride
            + MemoryLayout<TokenRecord?>.stride + 40
    }
}
