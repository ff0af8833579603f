/// What is counted about sessions.
final class SessionCounters: Sendable {
    /// What came of an attempt to sign in.
    enum SignIn: String, CaseIterable {
        case done
        /// Not a message of EIP-4361, or not the JSON for it.
        case message
        case nonce
        /// What the message says: domain, scheme, URI, chain.
        case place
        /// The message's times.
        case time
        case signature
        case limited
        case unavailable
    }

    /// What came of a look for a session, of requests that bring one.
    enum Check: String, CaseIterable {
        case valid
        /// Unknown, ended or over.
        case invalid
        case unavailable
    }

    let signIns = Metrics.LabelledCounters<SignIn>()
    let checks = Metrics.LabelledCounters<Check>()

    var samples: [Metrics.Sample] {
        signIns.samples(
            "mintcache_sign_ins_total", "outcome",
            help: """
                Attempts to sign in: done; or refused because of the message's form, its nonce, what it says of place \
                or time, its signature, a limit, or a store or endpoint that is away.
                """)
            + checks.samples(
                "mintcache_session_checks_total", "result",
                help: "Looks for the session of a request that brings one; unavailable when its store is away.")
    }
}
