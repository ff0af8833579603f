/// What is known about status codes in regard to storing.
enum Statuses {
    /// Whether a lifetime may be guessed for responses with this status (RFC 9110, section 15.1). 206 is left out: what
    /// it brings is stored by rules of its own.
    static func areHeuristicallyCacheable(_ status: Int) -> Bool {
        switch status {
        case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501: true
        default: false
        }
    }

    /// Whether all that its definition asks of caches is done here (RFC 9111, section 5.2.2.3): those of RFC 9110.
    static func areUnderstood(_ status: Int) -> Bool {
        switch status {
        case 200...206, 300...303, 305, 307, 308, 400...411, 413...415, 417, 421, 422, 426, 500...505: true
        default: false
        }
    }

    /// Whether responses are never stored, whatever they say.
    static func areNeverStored(_ status: Int) -> Bool {
        switch status {
        // Interim answers are no answers, and 304 brings news about one that is stored (RFC 9111, section 4.3.3).
        case ..<200, 304: true
        // They answer the request's conditions and ranges, which are not part of what a response is found by.
        case 412, 416: true
        // "MUST NOT be stored by a cache" (RFC 6585, sections 3, 4, 5 and 6).
        case 428, 429, 431, 511: true
        default: false
        }
    }
}
