import Sessions

/// What a browser sends to sign in.
struct SignInAttempt: Sendable {
    /// As it was signed.
    let message: String
    let signature: [UInt8]
    /// What tied the nonce to the browser, as its cookie has it.
    let browser: String?
    /// What it was signed in by until now.
    let session: SessionToken?
    /// What the browser calls itself.
    let agent: String
    /// Whom its attempts are counted for.
    let client: ClientKey
}

/// Why an attempt to sign in came to nothing.
enum SignInFailure: Error {
    case malformed(SignInMessageFault)
    case refused(SignInRefusal)
    case limited(seconds: Int)
    case unavailable

    var problem: Problem {
        switch self {
        case .malformed(let fault): .invalidMessage(fault)
        case .refused(let refusal): .signInRefused(refusal)
        case .limited(let seconds): .walletLimited(seconds: seconds)
        case .unavailable: .sessionsUnavailable
        }
    }

    var label: SessionCounters.SignIn {
        switch self {
        case .malformed: .message
        case .limited: .limited
        case .unavailable: .unavailable
        case .refused(let refusal):
            switch refusal {
            case .nonce: .nonce
            case .domain, .scheme, .uri, .chain: .place
            case .issuedAt, .expired, .notYetValid: .time
            case .signature, .malleableSignature: .signature
            }
        }
    }
}
