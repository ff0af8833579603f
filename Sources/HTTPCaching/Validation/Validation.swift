/// What a 304 did to the stored response that it was asked about.
public enum Refreshment: Sendable, Hashable {
    /// It is valid again: keep it with this head. Its ``StoredHead/variant`` may be another than before; then the old
    /// one must go.
    case kept(StoredHead)
    /// It is valid for the request that asked, with this head, which is not to be stored. What is stored must go, unless
    /// ``UpdateContext/requestForbidsStoring`` says that it was the request's wish.
    case usedOnce(StoredHead)
    /// The 304 is about another representation: ask again without a condition.
    case unrelated
}

/// What an answer to HEAD did to a stored response to GET.
public enum HeadEffect: Sendable, Hashable {
    /// Keep it with this head.
    case refreshed(StoredHead)
    /// It is no longer what GET would give: stale, and best forgotten.
    case invalidated
    /// The answer says nothing about it.
    case unaffected
}

/// Asking the origin whether a stored response still holds (RFC 9111, section 4.3).
public enum Validation {
    /// The conditions to ask with (section 4.3.1): both, where the response has both validators, each as it came. The
    /// client's own conditions must not go along. Empty when the response cannot be validated.
    public static func conditionalFields(for stored: StoredHead) -> [FieldLine] {
        var conditions: [FieldLine] = []
        if let tag = stored.fields["ETag"] ?? stored.entityTag, !tag.isEmpty {
            conditions.append(FieldLine("If-None-Match", tag))
        }
        if stored.lastModified != nil, let date = stored.fields["Last-Modified"] {
            conditions.append(FieldLine("If-Modified-Since", date))
        }
        return conditions
    }

    /// Updates a stored response by the 304 that answered ``conditionalFields(for:)`` (sections 4.3.4 and 3.2).
    public static func refreshed(
        _ stored: StoredHead, by notModified: ReceivedResponse, in context: UpdateContext
    ) -> Refreshment {
        guard identifies(stored, notModified) else { return .unrelated }
        return update(stored, by: notModified, in: context)
    }

    /// Compares a stored response to GET with an answer to HEAD for the same URL (section 4.3.5).
    ///
    /// - Parameters:
    ///   - stored: a response that could have been chosen for the request.
    ///   - length: how many bytes the whole stored representation has; nil when that is not known.
    public static func afterHead(
        _ stored: StoredHead, length: Int?, by head: ReceivedResponse, in context: UpdateContext
    ) -> HeadEffect {
        guard head.status == 200 else { return .unaffected }
        guard stored.status == 200 || stored.status == 206, isSame(stored, as: head, length: length) else {
            return .invalidated
        }
        switch update(stored, by: head, in: context) {
        case .kept(let refreshed): return .refreshed(refreshed)
        case .usedOnce: return context.requestForbidsStoring ? .unaffected : .invalidated
        case .unrelated: return .invalidated
        }
    }

    private static func update(
        _ stored: StoredHead, by newer: ReceivedResponse, in context: UpdateContext
    ) -> Refreshment {
        let fields = FieldUpdate.merged(stored.fields, with: newer)
        switch context.decide(status: stored.status, fields: fields, newer: newer) {
        case .store(var head):
            head.partial = stored.partial
            // The request may have been served by preference: the response keeps the values it was chosen by.
            if head.variant.names == stored.variant.names { head.variant = stored.variant }
            return .kept(head)
        case .refuse:
            let response = ReceivedResponse(
                status: stored.status, fields: fields, requestTime: newer.requestTime,
                responseTime: newer.responseTime)
            var head = StoredHead(passing: response, requestFields: context.requestFields)
            head.partial = stored.partial
            return .usedOnce(head)
        }
    }

    /// Whether a 304 is about the stored response (section 4.3.4).
    ///
    /// A strong tag must be the stored one; a weak tag, and without any tag a date, must correspond to it. A 304 without
    /// validators can only mean the one response that was asked about.
    private static func identifies(_ stored: StoredHead, _ notModified: ReceivedResponse) -> Bool {
        if let tag = notModified.fields["ETag"] {
            guard let own = stored.entityTag else { return false }
            let isWeak = tag.starts(with: Array("W/".utf8))
            return own == tag || isWeak && tagsAreEqual(own, tag)
        }
        guard let modified = lastModified(of: notModified), let own = stored.lastModified else { return true }
        return modified == own
    }

    private static func isSame(_ stored: StoredHead, as head: ReceivedResponse, length: Int?) -> Bool {
        if let tag = head.fields["ETag"] {
            guard let own = stored.entityTag, own == tag || tagsAreEqual(own, tag) else { return false }
        }
        if let modified = head.fields["Last-Modified"] {
            let isSameDate = lastModified(of: head).map { $0 == stored.lastModified } ?? false
            guard modified == stored.fields["Last-Modified"] || isSameDate else { return false }
        }
        guard let stated = head.fields["Content-Length"], let length else { return true }
        return stated == Array(String(length).utf8)
    }

    private static func lastModified(of response: ReceivedResponse) -> Int64? {
        response.fields.date("Last-Modified", now: response.arrival)
    }

    private static func tagsAreEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.withUnsafeBytes { one in other.withUnsafeBytes { EntityTag.equal(one, $0, comparing: .weak) } }
    }
}
