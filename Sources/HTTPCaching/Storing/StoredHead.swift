/// Everything of a stored response but its body (RFC 9111, section 3).
public struct StoredHead: Sendable, Hashable {
    /// What a response says about its reuse, beside numbers.
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Once stale, never used without asking: must-revalidate, proxy-revalidate, or s-maxage, which implies the
        /// latter (RFC 9111, sections 5.2.2.2, 5.2.2.8 and 5.2.2.10).
        public static let mustRevalidate = Self(rawValue: 1 << 0)
        /// Never used without asking (section 5.2.2.4).
        public static let noCache = Self(rawValue: 1 << 1)
        /// `public` (section 5.2.2.9).
        public static let isPublic = Self(rawValue: 1 << 2)
        /// It may be used for requests with Authorization: public, must-revalidate or s-maxage (section 3.5).
        public static let allowsAuthorized = Self(rawValue: 1 << 3)
        /// It does not change while it is fresh (RFC 8246).
        public static let immutable = Self(rawValue: 1 << 4)
        /// Its lifetime is the route's, whatever the origin said.
        public static let isOverride = Self(rawValue: 1 << 5)
        /// Its lifetime was stated, not guessed.
        public static let hasExplicitFreshness = Self(rawValue: 1 << 6)
    }

    public var status: Int
    /// The end-to-end fields as they are to be replayed: with Date, without Age.
    public var fields: HeaderFields
    /// When the request was sent and when the response came, in milliseconds since 1970 (RFC 9111, section 4.2.3).
    public var requestTime: Int64
    public var responseTime: Int64
    /// The age it came with in seconds: `corrected_initial_age` of section 4.2.3.
    public var initialAge: Int64
    /// The freshness lifetime in seconds, 0 to 2^31; 0 when it is stale at once.
    public var lifetime: Int64
    public var flags: Flags
    /// Seconds past its freshness in which it may be sent while it is refreshed (RFC 5861, section 3); 0 for never.
    public var staleWhileRevalidate: Int64
    /// Seconds past its freshness in which it may stand in for an error (RFC 5861, section 4); 0 for never.
    public var staleIfError: Int64
    /// Which requests it answers.
    public var variant: VariantKey
    /// Which part of the representation is held; nil for all of it.
    public var partial: PartialExtent?
    /// With its quotes, as it came.
    public var entityTag: [UInt8]?
    /// Seconds since 1970.
    public var lastModified: Int64?
    /// When it was made, in seconds since 1970: its Date, or when it came where it had none that could be read.
    public var date: Int64

    public init(
        status: Int, fields: HeaderFields, requestTime: Int64, responseTime: Int64, initialAge: Int64, lifetime: Int64,
        flags: Flags, staleWhileRevalidate: Int64, staleIfError: Int64, variant: VariantKey, partial: PartialExtent?,
        entityTag: [UInt8]?, lastModified: Int64?, date: Int64
    ) {
        self.status = status
        self.fields = fields
        self.requestTime = requestTime
        self.responseTime = responseTime
        self.initialAge = initialAge
        self.lifetime = lifetime
        self.flags = flags
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.variant = variant
        self.partial = partial
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.date = date
    }

    /// Whether the origin can be asked if it is still right (RFC 9111, section 4.3.1).
    public var hasValidator: Bool { entityTag != nil || lastModified != nil }
}
