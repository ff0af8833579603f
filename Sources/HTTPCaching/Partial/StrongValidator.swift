/// A validator that changes with every change of the bytes (RFC 9110, section 8.8.1): what has the same one is the same.
enum StrongValidator: Hashable {
    case entityTag([UInt8])
    /// Seconds since 1970.
    case lastModified(Int64)

    /// The strong validator among those given; nil when there is none.
    ///
    /// A Last-Modified is strong when it lies at least a second before Date (section 8.8.2.2): within that second the
    /// representation could have changed twice. Beside a weak tag it does not count: the origin as good as says that
    /// the bytes may differ.
    ///
    /// - Parameters:
    ///   - entityTag: with its quotes.
    ///   - lastModified: in seconds since 1970.
    ///   - date: the response's Date in seconds since 1970.
    init?(entityTag: [UInt8]?, lastModified: Int64?, date: Int64?) {
        if let entityTag {
            guard Self.isStrong(entityTag) else { return nil }
            self = .entityTag(entityTag)
        } else if let lastModified, let date, lastModified < date {
            self = .lastModified(lastModified)
        } else {
            return nil
        }
    }

    private static func isStrong(_ tag: [UInt8]) -> Bool {
        tag.withUnsafeBytes { EntityTag.equal($0, $0, comparing: .strong) }
    }
}

extension StoredHead {
    /// What tells that two parts are of one representation.
    var strongValidator: StrongValidator? {
        StrongValidator(entityTag: entityTag, lastModified: lastModified, date: date)
    }
}

extension ReceivedResponse {
    /// What tells that two parts are of one representation.
    var strongValidator: StrongValidator? {
        StrongValidator(
            entityTag: fields["ETag"], lastModified: fields.date("Last-Modified", now: arrival),
            date: fields.date("Date", now: arrival))
    }
}
