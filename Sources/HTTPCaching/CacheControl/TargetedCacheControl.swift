/// Cache directives for this cache alone (RFC 9213).
enum TargetedCacheControl {
    /// The target list (section 2.2): the field of our own, then the one for all caches near the origin.
    static let fieldNames = ["mintcache-cache-control", "cdn-cache-control"]

    /// The directives of the first targeted field that has a valid and non-empty value. They stand in place of
    /// Cache-Control and Expires (section 2.2).
    ///
    /// A field that does not parse, or in which a directive known here has a value of the wrong type, is ignored as a
    /// whole (section 2.1): half of a policy is not the origin's policy.
    static func directives(in fields: HeaderFields) -> ResponseCacheControl? {
        for name in fieldNames {
            guard fields.contains(name), let dictionary = StructuredDictionary(lines: fields.values(of: name)),
                !dictionary.isEmpty, let directives = ResponseCacheControl(dictionary)
            else { continue }
            return directives
        }
        return nil
    }
}

extension ResponseCacheControl {
    /// Reads directives from a dictionary; nil when one that is known has a value of the wrong type.
    init?(_ dictionary: StructuredDictionary) {
        self.init()
        do {
            noStore = try dictionary.flag("no-store")
            mustRevalidate = try dictionary.flag("must-revalidate")
            proxyRevalidate = try dictionary.flag("proxy-revalidate")
            mustUnderstand = try dictionary.flag("must-understand")
            isPublic = try dictionary.flag("public")
            immutable = try dictionary.flag("immutable")
            isPrivate = try dictionary.flagOrFieldNames("private")
            noCache = try dictionary.flagOrFieldNames("no-cache")
            maxAge = try dictionary.seconds("max-age")
            sharedMaxAge = try dictionary.seconds("s-maxage")
            staleWhileRevalidate = try dictionary.seconds("stale-while-revalidate")
            staleIfError = try dictionary.seconds("stale-if-error")
        } catch {
            return nil
        }
    }
}

/// A directive's value is not of the type that its definition implies (RFC 9213, section 2.1).
private struct WrongType: Error {}

extension StructuredDictionary {
    /// A directive without argument is true; one that is false might as well not be there.
    fileprivate func flag(_ key: String) throws(WrongType) -> Bool {
        switch self[key] {
        case nil: return false
        case .item(.boolean(let value)): return value
        case .item, .innerList: throw WrongType()
        }
    }

    /// A directive that may have field names for an argument, which count as if they were not there.
    fileprivate func flagOrFieldNames(_ key: String) throws(WrongType) -> Bool {
        if case .item(.string) = self[key] { return true }
        return try flag(key)
    }

    /// A lifetime: an integer. Negative ones are none, larger ones than 2^31 are that (RFC 9111, section 1.2.2).
    fileprivate func seconds(_ key: String) throws(WrongType) -> Int64? {
        switch self[key] {
        case nil: return nil
        case .item(.integer(let value)): return min(max(0, value), 1 << 31)
        case .item, .innerList: throw WrongType()
        }
    }
}
