/// How this cache handled a request: its member of the `Cache-Status` list (RFC 9211).
public struct CacheStatus: Sendable, Hashable {
    /// What became of the request.
    public enum Handling: Sendable, Hashable {
        /// Answered from a store.
        case hit
        /// Sent on, for this reason.
        case forwarded(ForwardReason)
    }

    /// Why a request was not answered from a store (RFC 9211, section 2.2).
    public enum ForwardReason: Sendable, Hashable, CaseIterable {
        case bypass
        case method
        case uriMiss
        case varyMiss
        case miss
        case request
        case stale
        case partial

        /// The name on the wire.
        public var label: StaticString {
            switch self {
            case .bypass: "bypass"
            case .method: "method"
            case .uriMiss: "uri-miss"
            case .varyMiss: "vary-miss"
            case .miss: "miss"
            case .request: "request"
            case .stale: "stale"
            case .partial: "partial"
            }
        }
    }

    /// The longest member, in bytes.
    public static let maximumLength = 160 + maximumKeyLength
    /// The longest key with its quotes and escapes, in bytes; of longer ones the beginning is shown.
    public static let maximumKeyLength = 256

    /// What became of the request.
    public var handling: Handling
    /// The remaining freshness in seconds, negative when stale.
    public var timeToLive: Int64?
    /// The status the next server answered with.
    public var forwardStatus: Int?
    /// Whether the answer was kept.
    public var isStored = false
    /// Whether the request shared another one's fetch.
    public var isCollapsed = false
    /// What the other members cannot say.
    public var detail: Detail?
    /// What answers to the request are found by (RFC 9211, section 2.7); shown when it is set.
    public var key: [UInt8]?

    public init(_ handling: Handling) { self.handling = handling }

    /// A hit with its remaining freshness in seconds and the store it came from.
    public static func hit(timeToLive: Int64, detail: Detail) -> Self {
        var status = Self(.hit)
        status.timeToLive = timeToLive
        status.detail = detail
        return status
    }

    /// A request sent on.
    public static func forwarded(
        _ reason: ForwardReason, status forwardStatus: Int?, stored: Bool = false, collapsed: Bool = false
    ) -> Self {
        var status = Self(.forwarded(reason))
        status.forwardStatus = forwardStatus
        status.isStored = stored
        status.isCollapsed = collapsed
        return status
    }

    /// Writes the member, such as `mintcache; hit; ttl=30; detail=memory`, without allocating.
    ///
    /// - Parameter buffer: at least ``maximumLength`` bytes.
    /// - Returns: how many bytes were written.
    public func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var writer = FieldWriter(buffer, atMost: Self.maximumLength)
        writer.append("mintcache")
        switch handling {
        case .hit: writer.append("; hit")
        case .forwarded(let reason):
            writer.append("; fwd=")
            writer.append(reason.label)
        }
        if let forwardStatus {
            writer.append("; fwd-status=")
            writer.append(decimal: Int64(forwardStatus))
        }
        if let timeToLive {
            writer.append("; ttl=")
            writer.append(decimal: timeToLive)
        }
        if isStored { writer.append("; stored") }
        if isCollapsed { writer.append("; collapsed") }
        if let detail {
            writer.append("; detail=")
            writer.append(detail.label)
        }
        if let key {
            writer.append("; key=")
            writer.append(structuredString: key, atMost: Self.maximumKeyLength)
        }
        return writer.count
    }

    /// The member as text; for places where an allocation does not matter.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.maximumLength) { write(into: UnsafeMutableRawBufferPointer($0)) }
    }
}
