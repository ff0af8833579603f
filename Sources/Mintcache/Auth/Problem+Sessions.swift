import HTTPServing
import Sessions

extension Problem {
    static let sessionRequired: Problem = {
        var problem = Problem(
            401, "session-required", "Session required", detail: "Sign in with a wallet first, by POST /auth/nonce.")
        problem.challenge = "Wallet realm=\"mintcache\""
        return problem
    }()

    static func signInRefused(_ refusal: SignInRefusal) -> Problem {
        var problem = Problem(
            401, "sign-in-refused", "Sign-in refused", detail: "Ask for a new nonce to try again: \(refusal.words).")
        problem.reason = refusal.rawValue
        problem.challenge = sessionRequired.challenge
        return problem
    }

    static func invalidMessage(_ fault: SignInMessageFault) -> Problem {
        Problem(
            400, "invalid-message", "Invalid message", detail: "The message is not one of EIP-4361: \(fault).")
    }

    static let foreignOrigin = Problem(
        403, "foreign-origin", "Foreign origin",
        detail: "Only pages of this site may do that: Origin is missing, or not among sessions.origins.")

    static let sessionsUnavailable: Problem = {
        var problem = Problem(
            503, "sessions-unavailable", "Sessions unavailable",
            detail: "What sessions need cannot be reached at the moment. Metadata is served as ever.")
        problem.isRetryable = true
        problem.retryAfter = 2
        return problem
    }()

    static let usernameTaken = Problem(
        409, "username-taken", "Username taken", detail: "Somebody has this name, maybe in another case.")

    static func invalidUsername(_ fault: Username.Fault) -> Problem {
        let words =
            switch fault {
            case .form: "A username has 3 to 32 letters, digits, underscores and hyphens."
            case .reserved: "This name is reserved."
            }
        return Problem(400, "invalid-username", "Invalid username", detail: words)
    }

    static let jsonNeeded = Problem(
        415, "unsupported-media-type", "Unsupported media type",
        detail: "The body must be JSON, with Content-Type: application/json.")
}

extension SignInRefusal {
    fileprivate var words: String {
        switch self {
        case .nonce: "the nonce is unknown, used, too old, or was given to another browser"
        case .domain: "the message is for another domain"
        case .scheme: "the message begins with another scheme"
        case .uri: "the message's URI is another site's"
        case .chain: "the chain is not accepted here"
        case .issuedAt: "the message was issued too long ago, or in the future"
        case .expired: "the message's expiration time has passed"
        case .notYetValid: "the message is not valid yet"
        case .signature: "the signature is not that of the address over this message"
        case .malleableSignature: "the signature's s lies in the upper half of the curve's order"
        }
    }
}
