import EventLoops
import HTTPServing

/// Lets in who has the token, and slows down who guesses it.
struct AdminGate: Sendable {
    enum Verdict: Sendable, Equatable {
        case admitted
        case refused
        /// Too many wrong tokens came from there; seconds to wait.
        case blocked(seconds: Int)
    }

    let token: AdminToken
    let time: TimeSource
    let attempts = FailedAttempts()

    /// Without a token nothing is guessed, so that a probe without one shuts nobody out.
    ///
    /// - Parameter address: the client's, as far as it can be known.
    func verdict(on authorization: String?, from address: SocketAddress) -> Verdict {
        let client = ClientKey(address)
        let now = time.now
        // A right token counts for nothing here: otherwise guessing would go on as fast as before.
        if let seconds = attempts.wait(of: client, at: now) { return .blocked(seconds: seconds) }
        if token.accepts(authorization) { return .admitted }
        if authorization != nil { attempts.note(client, at: now) }
        return .refused
    }
}

extension AdminGate.Verdict {
    /// For the log.
    var label: String {
        switch self {
        case .admitted: "admitted"
        case .refused: "no token, or a wrong one"
        case .blocked: "too many wrong tokens"
        }
    }
}
