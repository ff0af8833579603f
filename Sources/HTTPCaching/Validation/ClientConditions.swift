extension StoredHead {
    /// Whether the client that sent `request`, a GET or HEAD, holds what is stored, so that 304 answers it (RFC 9111,
    /// section 4.3.2).
    ///
    /// If-None-Match counts before If-Modified-Since, which is compared with Last-Modified, else with Date. If-Match and
    /// If-Unmodified-Since are the origin's business. Conditions count only for what would be answered by 2xx (RFC 9110,
    /// section 13.2.1).
    public func isNotModified(for request: HeaderFields) -> Bool {
        guard (200...299).contains(status) else { return false }
        if let list = request.combined("If-None-Match") {
            return list.withUnsafeBytes { verdict(Preconditions(ifNoneMatch: $0)) } == .notModified
        }
        guard let since = request.combined("If-Modified-Since") else { return false }
        return since.withUnsafeBytes { verdict(Preconditions(ifModifiedSince: $0)) } == .notModified
    }

    /// What conditions come to against this response; for a caller that has them in place. Its ``Preconditions/ifMatch``
    /// and ``Preconditions/ifUnmodifiedSince`` must be nil.
    public func verdict(_ conditions: Preconditions) -> Preconditions.Verdict {
        guard let entityTag else {
            let validators = Validators(entityTag: nil, lastModified: lastModified, date: date)
            return conditions.evaluate(against: validators, now: date)
        }
        return entityTag.withUnsafeBytes { tag in
            let validators = Validators(entityTag: tag, lastModified: lastModified, date: date)
            return conditions.evaluate(against: validators, now: date)
        }
    }
}
