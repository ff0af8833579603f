import HTTPCaching
public import Tokens

/// A finished answer in memory: everything a response needs, ready to be sent, shared by reference.
///
/// All times are milliseconds since 1970, by the clock of whoever passes `now`.
public final class CacheEntry: Sendable {
    public typealias Times = EntryTimes

    /// An answer in the codings it may be had in.
    public struct Answer: Sendable {
        /// The status code.
        public var status: Int
        /// Finished header lines that are the same in all codings, each with its CRLF, without the status line and
        /// without the empty line at the end: `Content-Type`, `Last-Modified` and the like.
        public var head: SharedBytes
        /// The body as it is.
        public var identity: Representation
        /// The body compressed, when it is worth that.
        public var compressed: CompressedForms?
        /// `Last-Modified` in seconds since 1970.
        public var lastModified: Int64?

        public init(
            status: Int, head: SharedBytes, identity: Representation, compressed: CompressedForms? = nil,
            lastModified: Int64? = nil
        ) {
            self.status = status
            self.head = head
            self.identity = identity
            self.compressed = compressed
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
    /// What the entry takes in bytes without compressed forms.
    private let fixedFootprint: Int

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
        fixedFootprint =
            Footprint.object(payload: Self.payload) + Footprint.array(key) + Footprint.record(record)
            + Footprint.shared(answer.head) + answer.identity.footprint
    }

    /// What the entry takes of the memory budget by now, in bytes.
    public var footprint: Int { fixedFootprint + (answer.compressed?.footprint ?? 0) }

    /// The same answer with other times, sharing its bytes: for a record that a tier below confirmed.
    public func renewed(_ times: EntryTimes, from tier: CacheTier) -> CacheEntry {
        CacheEntry(key: key, answer: answer, times: times, record: record, tier: tier, isFailure: isFailure)
    }

    /// The answer in the coding that suits the client best; as it is when there is no other that makes it smaller.
    ///
    /// - Parameter recount: called when that form had to be made, so that the entry takes more than before.
    func representation(for accepted: AcceptEncoding, recounting recount: () -> Void) -> Representation {
        guard let forms = answer.compressed else { return answer.identity }
        var codings = CompressedForms.codings
        while true {
            let coding = accepted.preferred(among: codings)
            let made = forms.made(in: coding)
            let form = made ?? forms.make(in: coding)
            if made == nil { recount() }
            if form.coding == coding { return form }
            codings.remove(ContentCodingSet(coding))
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
