/// Why a message that was read does not sign anybody in. The raw values are told to clients, and label the metric.
public enum SignInRefusal: String, Error, Sendable, CaseIterable {
    /// Unknown, used, too old, or given to another browser.
    case nonce
    case domain
    case scheme
    case uri
    case chain
    case issuedAt = "issued-at"
    case expired
    case notYetValid = "not-yet-valid"
    case signature
    case malleableSignature = "malleable-signature"
}
