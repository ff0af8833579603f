extension StoredHead {
    /// What is known of a response when it is stored by its route's rules.
    ///
    /// Whether it may be stored is for ``Storing`` to say.
    ///
    /// - Parameters:
    ///   - response: as it came, or what a stored one became by a 304 (RFC 9111, section 3.2).
    ///   - requestFields: of the request that brought it.
    ///   - partial: which part it is; nil for all of it.
    init(_ response: ReceivedResponse, requestFields: HeaderFields, rules: CachingRules, partial: PartialExtent?) {
        switch rules.mode {
        case .origin:
            self.init(byOrigin: response, requestFields: requestFields, rules: rules, partial: partial)
        case .override(let lifetimes):
            let lifetime = StaleWindows.seconds(lifetimes.lifetime(of: response.status) ?? 0)
            self.init(response, requestFields: requestFields, vary: [], rules: rules)
            // The route's time counts from when the response came; its age does not.
            self.lifetime = Seconds.held(initialAge + lifetime)
            flags = [.isOverride, .hasExplicitFreshness]
            let windows = StaleWindows(byRoute: rules, status: response.status)
            (staleWhileRevalidate, staleIfError) = (windows.whileRevalidate, windows.ifError)
            self.partial = partial
        }
    }

    /// The head of a response that is passed on without being stored: never fresh, with its fields as they came.
    public init(passing response: ReceivedResponse, requestFields: HeaderFields) {
        let vary = response.fields.values(of: "vary")
        self.init(response, requestFields: requestFields, vary: vary, rules: CachingRules())
        flags = .noCache
        if let age = response.fields["age"] { fields.set("Age", age) }
    }

    private init(
        byOrigin response: ReceivedResponse, requestFields: HeaderFields, rules: CachingRules, partial: PartialExtent?
    ) {
        let policy = CachingPolicy(response.fields)
        let freshness = FreshnessLifetime(response, policy)
        let windows = StaleWindows(byOrigin: policy, status: response.status, rules)
        let vary = response.fields.values(of: "vary")
        self.init(response, requestFields: requestFields, vary: vary, rules: rules)
        lifetime = freshness.seconds
        flags = Flags(policy.directives, isExplicit: freshness.basis == .explicit)
        (staleWhileRevalidate, staleIfError) = (windows.whileRevalidate, windows.ifError)
        self.partial = partial
    }

    /// What does not depend on who says how long the response lives.
    private init(_ response: ReceivedResponse, requestFields: HeaderFields, vary: [[UInt8]], rules: CachingRules) {
        let varied = rules.varyFields.map { Array($0.utf8) }
        var fields = response.fields
        fields.removeAll(named: "age")
        // RFC 9110, section 6.6.1. One that cannot be read stays as it is.
        if !fields.contains("date") { fields.append("Date", HTTPDate.text(response.date)) }
        self.init(
            status: response.status, fields: fields, requestTime: response.requestTime,
            responseTime: response.responseTime, initialAge: ArrivalAge(response).corrected, lifetime: 0, flags: [],
            staleWhileRevalidate: 0, staleIfError: 0,
            variant: VariantKey(vary: vary + varied, request: requestFields, response: response.fields),
            partial: nil, entityTag: fields["etag"].flatMap { $0.isEmpty ? nil : $0 },
            lastModified: fields.date("last-modified", now: response.arrival), date: response.date)
    }
}

extension StoredHead.Flags {
    fileprivate init(_ directives: ResponseCacheControl, isExplicit: Bool) {
        self = []
        if directives.forbidsStale { insert(.mustRevalidate) }
        if directives.noCache { insert(.noCache) }
        if directives.isPublic { insert(.isPublic) }
        if directives.allowsAuthorized { insert(.allowsAuthorized) }
        if directives.immutable { insert(.immutable) }
        if isExplicit { insert(.hasExplicitFreshness) }
    }
}
