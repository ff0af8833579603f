/// For how long after it was made a response is fresh (RFC 9111, section 4.2.1).
struct FreshnessLifetime: Sendable, Hashable {
    /// Where a lifetime comes from.
    enum Basis: Sendable, Hashable {
        /// The origin states it.
        case explicit
        /// It is guessed from how long the representation has not changed (section 4.2.2).
        case heuristic
        /// Nothing says anything: never fresh.
        case none
    }

    /// 0 to 2^31.
    let seconds: Int64
    let basis: Basis

    /// No guess is longer, in seconds.
    static let heuristicLimit: Int64 = 86_400

    private init(_ seconds: Int64, _ basis: Basis) {
        self.seconds = Seconds.held(seconds)
        self.basis = basis
    }

    init(_ response: ReceivedResponse, _ policy: CachingPolicy) {
        if let stated = Self.stated(response, policy) {
            self.init(stated, .explicit)
        } else if let guessed = Self.guessed(response, policy) {
            self.init(guessed, .heuristic)
        } else {
            self.init(0, .none)
        }
    }

    /// s-maxage, else max-age, else Expires.
    private static func stated(_ response: ReceivedResponse, _ policy: CachingPolicy) -> Int64? {
        if let seconds = policy.directives.sharedMaxAge ?? policy.directives.maxAge { return seconds }
        let lines = policy.isTargeted ? [] : response.fields.values(of: "expires")
        guard !lines.isEmpty else { return nil }
        // Section 5.3: what is no date lies in the past. Of several lines the most cautious reading counts.
        let times = lines.map { line in
            line.withUnsafeBytes { HTTPDate.seconds(parsing: $0, now: response.arrival) } ?? .min
        }
        guard let earliest = times.min(), earliest > response.date else { return 0 }
        return earliest - response.date
    }

    /// A tenth of the time since the representation last changed.
    private static func guessed(_ response: ReceivedResponse, _ policy: CachingPolicy) -> Int64? {
        guard policy.directives.isPublic || Statuses.areHeuristicallyCacheable(response.status) else { return nil }
        guard let modified = response.fields.date("last-modified", now: response.arrival) else { return nil }
        // A Date that lies ahead must not make the representation look older than it is.
        let unchanged = min(response.date, response.arrival) - modified
        return unchanged < 0 ? nil : min(unchanged / 10, heuristicLimit)
    }
}
