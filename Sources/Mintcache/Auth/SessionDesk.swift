import Caching
import EventLoops
import Sessions
import Synchronization
import Tokens
import UpstreamFetching

/// Signs wallets in and out, and tells whose a session is. Nothing is taken for granted when a store does not answer.
///
/// May be asked from any loop.
final class SessionDesk: Sendable {
    /// How long the archive may take to say who a user is.
    private static let archiveLimit = Duration.seconds(2)
    /// Of nonces, and of what ties them to a browser, in bytes.
    private static let nonceLength = 16

    let activity: UserActivity
    private let store: any SessionStore
    private let users: any UserDirectory
    private let time: TimeSource
    private let counters: SessionCounters
    private let gatherers: CallGatherers
    private let verifier = Mutex<SignatureVerifier?>(nil)

    init(_ stores: OpenStores, on loop: EventLoop, time: TimeSource, metrics: Metrics) {
        store = stores.redis.map { $0.sessions } ?? MemorySessions(time: time)
        users = stores.archive
        activity = UserActivity(users: stores.archive)
        self.time = time
        counters = metrics.sessions
        gatherers = CallGatherers(loop: loop, metrics: metrics)
    }

    /// Takes what a reload changed.
    func adopt(_ configuration: Configuration, client: UpstreamClient) {
        let made = SignatureVerifier(configuration, client: client, gatherers: gatherers)
        verifier.withLock { $0 = made }
    }

    // MARK: Signing in

    /// A nonce, what ties it to the browser, and until when it may be used.
    ///
    /// - Parameter held: what ties the browser's other nonces to it, so that one of its pages does not undo what another
    ///   has begun. Whoever had planted it would still need a signature over this very nonce, and who can have that could
    ///   as well have one over a nonce of its own.
    func issueNonce(
        to held: String?, by rules: SessionRules
    ) async throws(Problem) -> (nonce: String, browser: String, end: Int64) {
        let nonce = Hex.text(RandomBytes.generate(Self.nonceLength))
        let browser =
            held.flatMap { Self.isWellFormed($0) ? $0 : nil } ?? Hex.text(RandomBytes.generate(Self.nonceLength))
        let end = time.now + rules.nonceLifetime.inMilliseconds
        do throws(StoreError) {
            try await store.remember(nonce: Self.digest(nonce), of: Self.digest(browser), for: rules.nonceLifetime)
        } catch {
            throw .sessionsUnavailable
        }
        return (nonce, browser, end)
    }

    /// Signs a wallet in, with a session that is always new. The nonce is used up before anything else is looked at.
    func signIn(_ attempt: SignInAttempt, by rules: SessionRules) async throws(Problem) -> LiveSession {
        do throws(SignInFailure) {
            let session = try await begin(attempt, by: rules)
            counters.signIns.count(.done)
            return session
        } catch {
            counters.signIns.count(error.label)
            throw error.problem
        }
    }

    private func begin(_ attempt: SignInAttempt, by rules: SessionRules) async throws(SignInFailure) -> LiveSession {
        let message: SignInMessage
        do throws(SignInMessageFault) {
            message = try SignInMessage(parsing: attempt.message)
        } catch {
            throw .malformed(error)
        }
        try await consume(message.nonce, from: attempt.browser)
        let now = time.now
        do throws(SignInRefusal) {
            try rules.signIn.judge(message, at: now)
        } catch {
            throw .refused(error)
        }
        try await verify(attempt, message, by: rules, at: now)
        do throws(StoreError) {
            return try await begin(message, attempt, rules.terms, at: now)
        } catch {
            throw .unavailable
        }
    }

    /// What is counted for a wallet is what only its key can do; of a contract it is what somebody asks it in its name.
    private func verify(
        _ attempt: SignInAttempt, _ message: SignInMessage, by rules: SessionRules, at now: Int64
    ) async throws(SignInFailure) {
        guard let verifier = verifier.withLock({ $0 }) else { throw .unavailable }
        let isByKey: Bool
        do throws(SignInRefusal) {
            isByKey = try verifier.isByKey(attempt.signature, of: attempt.message, saying: message)
        } catch {
            throw .refused(error)
        }
        let seconds =
            isByKey
            ? rules.wallets.admit(message.address, at: now)
            : rules.contracts.admit(.init(client: attempt.client, wallet: message.address), at: now)
        if let seconds { throw .limited(seconds: seconds) }
        guard !isByKey else { return }
        switch await verifier.contractVerdict(attempt.signature, of: attempt.message, saying: message) {
        case .signed: return
        case .refused(let refusal): throw .refused(refusal)
        case .unavailable: throw .unavailable
        }
    }

    private func consume(_ nonce: String, from browser: String?) async throws(SignInFailure) {
        let owner: [UInt8]?
        do throws(StoreError) {
            owner = try await store.consume(nonce: Self.digest(nonce))
        } catch {
            throw .unavailable
        }
        guard let owner, let browser, ConstantTime.equal(owner, Self.digest(browser)) else { throw .refused(.nonce) }
    }

    private func begin(
        _ message: SignInMessage, _ attempt: SignInAttempt, _ terms: SessionTerms, at now: Int64
    ) async throws(StoreError) -> LiveSession {
        let user = try await users.admit(message.address, at: now, within: Self.archiveLimit)
        let record = SessionRecord(
            wallet: message.address, chain: message.chain, user: user.id, agent: attempt.agent, createdAt: now)
        let token = SessionToken(
            wallet: message.address, secret: RandomBytes.generate(SessionToken.secretLength))
        try await store.begin(record, as: Self.key(of: token), for: .milliseconds(terms.absolute))
        // What the browser held before is of no more use, whosever it was.
        if let old = attempt.session { try? await store.end(Self.key(of: old)) }
        return LiveSession(token: token, key: Self.key(of: token), record: record, user: user)
    }

    // MARK: Sessions

    /// Whose a token is; `nil` when it is nobody's, or its session is over. Notes the use.
    func visitor(_ token: SessionToken, by rules: SessionRules) async throws(Problem) -> (SessionKey, SessionRecord)? {
        let key = Self.key(of: token)
        do throws(StoreError) {
            guard var record = try await store.record(of: key), !rules.terms.isOver(record, at: time.now) else {
                counters.checks.count(.invalid)
                return nil
            }
            counters.checks.count(.valid)
            if rules.terms.isWorthNoting(record, at: time.now) {
                record.lastSeenAt = time.now
                activity.note(record.wallet, at: record.lastSeenAt)
                try await store.update(record, of: key)
            }
            return (key, record)
        } catch {
            counters.checks.count(.unavailable)
            throw .sessionsUnavailable
        }
    }

    /// The session of a token, with its user.
    func session(_ token: SessionToken?, by rules: SessionRules) async throws(Problem) -> LiveSession {
        guard let token, let (key, record) = try await visitor(token, by: rules) else { throw .sessionRequired }
        do throws(StoreError) {
            guard let user = try await users.user(of: record.wallet, within: Self.archiveLimit) else {
                try await store.end(key)
                throw StoreError(kind: .invalid, detail: "the user of a session was deleted")
            }
            return LiveSession(token: token, key: key, record: record, user: user)
        } catch {
            throw error.kind == .invalid ? .sessionRequired : .sessionsUnavailable
        }
    }

    func rename(_ session: LiveSession, to name: Username) async throws(Problem) -> LiveSession {
        do throws(StoreError) {
            switch try await users.rename(session.record.wallet, to: name, within: Self.archiveLimit) {
            case .done(let user):
                return LiveSession(token: session.token, key: session.key, record: session.record, user: user)
            case .taken: break
            case .noSuchUser: throw StoreError(kind: .invalid, detail: "the user of a session was deleted")
            }
        } catch {
            throw error.kind == .invalid ? .sessionRequired : .sessionsUnavailable
        }
        throw .usernameTaken
    }

    /// All of a wallet's that are not over, the latest used first.
    func sessions(
        of wallet: WalletAddress, by rules: SessionRules
    ) async throws(Problem) -> [(key: SessionKey, record: SessionRecord)] {
        do throws(StoreError) {
            let now = time.now
            return try await store.sessions(of: wallet).filter { !rules.terms.isOver($0.record, at: now) }
                .sorted { ($0.record.lastSeenAt, $0.key.name) > ($1.record.lastSeenAt, $1.key.name) }
        } catch {
            throw .sessionsUnavailable
        }
    }

    func end(_ token: SessionToken) async throws(Problem) {
        do throws(StoreError) {
            try await store.end(Self.key(of: token))
        } catch {
            throw .sessionsUnavailable
        }
    }

    /// Ends all of a wallet's, and answers how many there were that were not over.
    @discardableResult
    func endAll(of wallet: WalletAddress, by terms: SessionTerms) async throws(Problem) -> Int {
        do throws(StoreError) {
            let now = time.now
            return try await store.endAll(of: wallet).count { !terms.isOver($0, at: now) }
        } catch {
            throw .sessionsUnavailable
        }
    }

    // MARK: Digests

    private static func isWellFormed(_ browser: String) -> Bool {
        Hex.bytes(browser[...]).map { $0.count == nonceLength && Hex.text($0) == browser } ?? false
    }

    private static func digest(_ text: String) -> [UInt8] { SHA256.hash(Array(text.utf8)) }

    private static func key(of token: SessionToken) -> SessionKey {
        SessionKey(wallet: token.wallet, digest: SHA256.hash(token.bytes))
    }
}

/// A session that somebody has, as it is told to them.
struct LiveSession: Sendable {
    let token: SessionToken
    let key: SessionKey
    let record: SessionRecord
    let user: User
}
