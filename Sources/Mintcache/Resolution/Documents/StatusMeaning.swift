/// What a status says of a document that was asked for (RFC 9110, section 15).
enum StatusMeaning {
    /// The answer's body is what there is.
    case body
    /// What the asker holds is what there is.
    case notModified
    /// Look elsewhere, when the answer says where.
    case redirect
    /// Somebody says for good that there is no document for us.
    case unusable(UnusableDocument)
    /// No answer to the question.
    case fault(GatewayFault)

    /// - Parameter isGateway: whether the operator chose the host. One of those that turns us away lacks a key, which
    ///   says nothing about the content.
    init(_ status: Int, isGateway: Bool) {
        switch status {
        case 200, 203:
            self = .body
        case 204, 205:
            self = .says(.absent, "has nothing to say about it", status)
        case 304:
            self = .notModified
        case 300...399:
            self = .redirect
        case 404, 410:
            self = .says(.absent, "has no such document", status)
        case 451:
            self = .says(.refused, "withholds it for legal reasons", status)
        case 401, 402, 403, 407:
            self = isGateway ? .fault(.forbidden) : .says(.refused, "does not give it to us", status)
        // 599 is OpenSea's for too many requests.
        case 429, 599:
            self = .fault(.throttled)
        case 500...598:
            self = .fault(.serverError)
        case _:
            // 202 of an Arweave gateway: the transaction waits to be confirmed. 206: a part that nobody asked for.
            self = .fault(.status)
        }
    }

    private static func says(_ kind: UnusableDocument.Kind, _ what: String, _ status: Int) -> StatusMeaning {
        .unusable(UnusableDocument(kind: kind, reason: "The host of the metadata \(what) (status \(status))."))
    }

    /// Statuses that may be another the next time.
    static func isRetryable(_ status: Int) -> Bool {
        [202, 408, 425, 429].contains(status) || status >= 500
    }
}
