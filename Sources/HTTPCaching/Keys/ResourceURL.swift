/// The URL of a resource in one spelling, as a cache's key (RFC 9110, section 4.2.3; RFC 3986, section 6.2.2).
///
/// Two URLs are equal when they are equal in that spelling, whatever octets the client wrote.
public struct ResourceURL: Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case and, when it is not the scheme's own, the port.
    public let authority: [UInt8]
    /// Normalised; starts with a slash, or is `*` alone.
    public let path: [UInt8]
    /// Normalised, in its order, without the parameters that do not count; nil without a question mark.
    public let query: [UInt8]?
    /// What to ask the next server for: path and query.
    ///
    /// The client's own octets as long as they differ from the normalised ones only in the case of hexadecimal digits.
    /// Otherwise the normalised ones: an answer to anything else would be stored under a key that did not ask for it.
    public let target: [UInt8]
    /// The parameters that do not count, for the URLs that are resolved against this one.
    private let ignored: [QueryPattern]

    /// - Parameters:
    ///   - scheme: `http` or `https`, in any case.
    ///   - authority: `host[:port]` as in Host.
    ///   - target: a request target: a path with or without a query, an absolute URL, whose authority then counts
    ///     instead (RFC 9112, section 3.2.2), or `*`.
    ///   - ignored: the parameters that do not count.
    /// - Returns: nil for another scheme, for what is no authority, and for a target with blanks or control characters.
    public init?(scheme: String, authority: [UInt8], target: [UInt8], ignoring ignored: [QueryPattern] = []) {
        guard target.allSatisfy({ $0 > ASCII.space && $0 != 0x7F }) else { return nil }
        if target.first == ASCII.slash || target == [ASCII.asterisk] {
            self.init(
                scheme: scheme, authority: authority[...], pathAndQuery: target[...], ignoring: ignored)
            return
        }
        let reference = URLReference(target[...])
        guard let scheme = reference.scheme, let authority = reference.authority else { return nil }
        self.init(
            scheme: String(decoding: scheme, as: UTF8.self), authority: authority,
            pathAndQuery: reference.pathAndQuery, ignoring: ignored)
    }

    private init?(
        scheme: String, authority: ArraySlice<UInt8>, pathAndQuery: ArraySlice<UInt8>, ignoring ignored: [QueryPattern]
    ) {
        let scheme = scheme.lowercased()
        guard let defaultPort = Self.defaultPort(of: scheme),
            let authority = URLAuthority.normalised(authority, defaultPort: defaultPort)
        else { return nil }
        self.scheme = scheme
        self.authority = authority
        self.ignored = ignored
        let end = pathAndQuery.firstIndex(of: ASCII.question) ?? pathAndQuery.endIndex
        let path = PercentEncoding.normalised(pathAndQuery[..<end])
        switch path.first {
        case nil: self.path = [ASCII.slash]
        case ASCII.slash: self.path = PathSegments.withoutDots(path)
        default: self.path = path
        }
        query =
            end == pathAndQuery.endIndex
            ? nil : ignored.filtering(PercentEncoding.normalised(pathAndQuery[(end + 1)...]))
        let normalised = self.path + (query.map { [ASCII.question] + $0 } ?? [])
        // All that normalising does but raising the case of digits changes the length: it drops octets, or adds one
        // slash to an empty path.
        target = normalised.count == pathAndQuery.count ? Array(pathAndQuery) : normalised
    }

    private static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "http": 80
        case "https": 443
        default: nil
        }
    }

    /// The key of the resource in a store. Equal keys mean equal URLs.
    public var key: [UInt8] {
        var fields = KeyFields()
        fields.append(scheme)
        fields.append(authority)
        fields.append(path)
        fields.append(query)
        return fields.bytes
    }

    /// Whether the two have scheme, host and port in common (RFC 9110, section 4.3.1).
    public func hasSameOrigin(as other: ResourceURL) -> Bool {
        scheme == other.scheme && authority == other.authority
    }

    /// The URL that `reference` means when it stands in an answer for this one (RFC 3986, section 5.2).
    ///
    /// - Parameter reference: the value of Location or Content-Location; its fragment does not count.
    /// - Returns: nil for what is no http or https URL.
    public func resolving(_ reference: [UInt8]) -> ResourceURL? {
        guard reference.allSatisfy({ $0 > ASCII.space && $0 != 0x7F }) else { return nil }
        let parts = URLReference(reference[...])
        if let scheme = parts.scheme {
            guard let authority = parts.authority else { return nil }
            return ResourceURL(
                scheme: String(decoding: scheme, as: UTF8.self), authority: authority,
                pathAndQuery: parts.pathAndQuery, ignoring: ignored)
        }
        return ResourceURL(
            scheme: scheme, authority: parts.authority ?? authority[...],
            pathAndQuery: parts.authority == nil ? merging(parts)[...] : parts.pathAndQuery, ignoring: ignored)
    }

    /// The path and query of a reference that has no authority (RFC 3986, section 5.2.2).
    private func merging(_ reference: URLReference) -> [UInt8] {
        let query = reference.query.map { [ASCII.question] + $0 }
        if reference.path.isEmpty {
            return path + (query ?? self.query.map { [ASCII.question] + $0 } ?? [])
        }
        if reference.path.first == ASCII.slash { return Array(reference.path) + (query ?? []) }
        let folder = path.lastIndex(of: ASCII.slash).map { path[...$0] } ?? [ASCII.slash]
        return folder + reference.path + (query ?? [])
    }
}

extension ResourceURL: Hashable {
    public static func == (first: Self, second: Self) -> Bool {
        first.path == second.path && first.query == second.query && first.hasSameOrigin(as: second)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(scheme)
        hasher.combine(authority)
        hasher.combine(path)
        hasher.combine(query)
    }
}
