// Every key of a route: its name, type, bounds and default.

extension Configuration.Route {
    /// What no two routes may have in common.
    private struct Taken {
        var names: Set<String> = []
        var paths: Set<String> = []
    }

    /// More would make looking for a path's route slow.
    private static let maximumCount = 256

    /// The routes of a file.
    ///
    /// - Parameter maximumEntry: the default of `max_entry`.
    static func all(reading reader: MappingReader, maximumEntry: ByteCount, hasSessions: Bool) -> [Self] {
        let elements = reader.elements("routes")
        if elements.count > maximumCount { reader.report("must be at most \(maximumCount) routes", key: "routes") }
        var taken = Taken()
        return elements.compactMap { element in
            let mapping = element.mapping
            let route = Self(reading: mapping, maximumEntry: maximumEntry, taken: &taken)
            if let route, route.auth != .none, !hasSessions {
                mapping.report("needs sessions.enabled: without sessions nobody can sign in", key: "auth")
            }
            return route
        }
    }

    /// `nil`, which is reported, when it lacks what has no default.
    private init?(reading reader: MappingReader, maximumEntry: ByteCount, taken: inout Taken) {
        let name = reader.needed("name", "what logs and the admin API call the route", Self.fault(inName:))
        let path = reader.needed("path", "what the paths of its requests begin with", RoutePath.fault)
        let upstream = reader.upstream("upstream")
        requestHeaders = Self.requestHeaders(reading: reader.mapping("request_headers"))
        timeout = reader.limit("timeout", default: .seconds(30))
        idleTimeout = reader.limit("idle_timeout", default: .seconds(30))
        maximumRequestBody = reader.bytes("max_request_body", default: .mebibytes(1024))
        preservesHost = reader.boolean("preserve_host", default: false)
        retries = reader.integer("retries", default: 1, in: 0...10)
        let auth: Auth = reader.choice("auth", default: .none)
        self.auth = auth
        walletRateLimit = Self.walletRateLimit(reading: reader.mapping("wallet_rate_limit"))
        if auth == .none, walletRateLimit.requestsPerSecond > 0 {
            reader.report("only routes with auth know wallets", name: "wallet_rate_limit")
        }
        cache = Cache(
            reading: reader.mapping("cache"), hasWallets: auth != .none, maximumEntry: maximumEntry,
            replaced: Set(requestHeaders.map { $0.name.lowercased() }))
        reader.finish()
        if let name, !taken.names.insert(name).inserted { reader.report("is another route's name", key: "name") }
        if let path, !taken.paths.insert(path).inserted { reader.report("is another route's path", key: "path") }
        guard let name, let path, let upstream else { return nil }
        self.name = name
        self.path = path
        self.upstream = upstream
    }

    private static func walletRateLimit(reading reader: MappingReader) -> Configuration.Server.RateLimit {
        let limit = Configuration.Server.RateLimit(
            requestsPerSecond: reader.integer("requests_per_second", default: 0, in: 0...1_000_000),
            burst: reader.integer("burst", default: 0, in: 0...1_000_000))
        reader.finish()
        return limit
    }

    private static func fault(inName name: String) -> String? {
        let isName = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        return isName && !name.isEmpty ? nil : "must be lower-case letters, digits and hyphens"
    }

    private static func requestHeaders(reading reader: MappingReader) -> [(name: String, value: String)] {
        var seen: Set<String> = []
        let headers = reader.keys.map { name in
            let value = reader.string(name, default: "", isSecret: true)
            if let fault = RouteFieldName.fault(inSent: name) { reader.report(fault, name: name) }
            if let fault = RouteFieldName.fault(inValue: value) { reader.report(fault, key: name) }
            if !seen.insert(name.lowercased()).inserted { reader.report("is given twice", name: name) }
            return (name: name, value: value)
        }
        reader.finish()
        return headers
    }
}

extension Configuration.Route.Cache {
    /// What is kept is held in memory while it arrives.
    private static let maximumEntryLimit = ByteCount.mebibytes(64)

    /// - Parameter replaced: lower-case names of the fields whose values the route sets, whatever a client sends.
    fileprivate init(
        reading reader: MappingReader, hasWallets: Bool, maximumEntry: ByteCount, replaced: Set<String>
    ) {
        mode = reader.choice("mode", default: .origin)
        ttl = reader.duration("ttl", default: .seconds(3600))
        negativeTTL = reader.duration("negative_ttl", default: .seconds(300))
        errorTTL = reader.duration("error_ttl", default: .seconds(10))
        ttlByStatus = Self.lifetimes(reading: reader.mapping("ttl_by_status"))
        staleWhileRevalidate = reader.duration("stale_while_revalidate", default: .zero)
        staleIfError = reader.duration("stale_if_error", default: .zero)
        vary = reader.fieldNames("vary", replaced: replaced)
        keyHeaders = reader.fieldNames("key_headers", replaced: replaced)
        ignoredQuery = reader.list("ignore_query", fault: Self.fault(inParameter:))
        methods = reader.list("methods", fault: Self.fault(inMethod:))
        requestDirectives = reader.choice("request_directives", default: mode == .override ? .ignore : .honour)
        storesSetCookie = reader.boolean("set_cookie", default: mode != .override)
        exposesKey = reader.boolean("expose_key", default: false)
        isPerWallet = reader.boolean("per_wallet", default: hasWallets)
        if isPerWallet, !hasWallets {
            reader.report("only routes with auth know wallets", name: "per_wallet")
        }
        self.maximumEntry = reader.bytes("max_entry", default: min(maximumEntry, Self.maximumEntryLimit))
        if self.maximumEntry > Self.maximumEntryLimit {
            reader.report("must be at most \(Self.maximumEntryLimit)", key: "max_entry")
        }
        reportUnused(reader)
        reader.finish()
    }

    /// A key that the mode makes no use of is a misunderstanding. A route that is off may keep all of its keys.
    private func reportUnused(_ reader: MappingReader) {
        switch mode {
        case .origin:
            for key in ["ttl", "negative_ttl", "error_ttl", "ttl_by_status", "methods"] where reader.has(key) {
                reader.report("only override mode uses \(key)", name: key)
            }
        case .override:
            if !vary.isEmpty {
                let message = "only origin mode uses vary; in override mode name the fields in key_headers"
                reader.report(message, name: "vary")
            }
            if storesSetCookie {
                reader.report("must be false in override mode, where answers are everybody's", key: "set_cookie")
            }
        case .off: break
        }
    }

    /// Statuses, and classes such as `5xx` spelled out; a status wins over its class.
    private static func lifetimes(reading reader: MappingReader) -> [Int: Duration] {
        var statuses: [Int: Duration] = [:]
        var classes: [Int: Duration] = [:]
        for key in reader.keys {
            let lifetime = reader.duration(key, default: .zero)
            if !reader.has(key) {
                reader.report("needs a duration", name: key)
            } else if let first = ["2xx": 200, "3xx": 300, "4xx": 400, "5xx": 500][key] {
                for status in first..<first + 100 { classes[status] = lifetime }
            } else if ["304", "412", "416"].contains(key) {
                reader.report("answers a condition or a range, and is never kept", name: key)
            } else if let status = Int(key), (200...599).contains(status), key.utf8.count == 3 {
                statuses[status] = lifetime
            } else {
                reader.report("must be a status from 200 to 599, or a class such as 5xx", name: key)
            }
        }
        return classes.merging(statuses) { _, status in status }
    }

    private static func fault(inParameter pattern: String) -> String? {
        let name = pattern.hasSuffix("*") ? pattern.dropLast() : pattern[...]
        let isName = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"*&=#+?".utf8.contains($0) }
        return isName && !pattern.isEmpty ? nil : "is not a parameter's name, or the beginning of one and *"
    }

    private static func fault(inMethod method: String) -> String? {
        guard RouteFieldName.isToken(method) else { return "is not a method" }
        switch method {
        case "GET", "HEAD": return "is kept anyway; name only further methods"
        case "PUT", "DELETE", "PATCH", "CONNECT", "OPTIONS", "TRACE": return "has no answers that could be kept"
        case _: return nil
        }
    }
}

extension MappingReader {
    /// A text without a default; `nil`, which is reported, when it is missing or `fault` says what is wrong with it.
    fileprivate func needed(_ key: String, _ meaning: String, _ fault: (String) -> String?) -> String? {
        let problems = log.problems.count
        let value = string(key, default: "")
        guard log.problems.count == problems else { return nil }
        guard has(key) else {
            report("is needed: \(meaning)", key: key)
            return nil
        }
        if let fault = fault(value) {
            report(fault, key: key)
            return nil
        }
        return value
    }

    /// A URL without a default, shown without its path.
    fileprivate func upstream(_ key: String) -> RouteUpstream? {
        if !has(key) { report("is needed: the URL that requests are passed on to", key: key) }
        let expected = "must be an http:// or https:// URL without user information, query and fragment"
        let none: RouteUpstream? = nil
        return custom(
            key, default: none, expected: expected, text: { Self.quoted($0?.masked ?? "") },
            { RouteUpstream($0).map(Optional.some) })
    }

    fileprivate func limit(_ key: String, default fallback: Duration) -> Duration {
        let value = duration(key, default: fallback)
        if value == .zero { report("must be longer than 0s", key: key) }
        return value
    }

    /// A list whose elements `fault` finds nothing wrong with, and that are all different in their `form`.
    fileprivate func list(
        _ key: String, form: (String) -> String = { $0 }, fault: (String) -> String?
    ) -> [String] {
        let values = strings(key, default: [])
        var seen: Set<String> = []
        for value in values {
            if let fault = fault(value) { report("\(Self.quoted(value)) \(fault)", key: key) }
            if !seen.insert(form(value)).inserted { report("\(Self.quoted(value)) is given twice", key: key) }
        }
        return values
    }

    /// Names of request fields that the key is made of, in lower case.
    fileprivate func fieldNames(_ key: String, replaced: Set<String>) -> [String] {
        let names = list(key, form: { $0.lowercased() }) { name in
            guard !replaced.contains(name.lowercased()) else {
                return "is set by request_headers, so that no two requests differ by it"
            }
            return RouteFieldName.fault(inKey: name)
        }
        return names.map { $0.lowercased() }
    }
}
