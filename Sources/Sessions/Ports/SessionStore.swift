public import Caching

/// Where nonces and sessions live. What it does not answer for is not there: nobody is signed in on a guess.
public protocol SessionStore: Sendable {
    /// Remembers a nonce for a while.
    ///
    /// - Parameters:
    ///   - nonce: its digest.
    ///   - browser: the digest of what the browser that asked for it was given.
    func remember(nonce: [UInt8], of browser: [UInt8], for lifetime: Duration) async throws(StoreError)

    /// Takes a nonce away, and answers which browser it was given to; `nil` when there is none. Of any number of callers
    /// on any number of instances one gets the answer.
    func consume(nonce: [UInt8]) async throws(StoreError) -> [UInt8]?

    /// Begins a session. A wallet has at most ``SessionLimits/perWallet``: the one that was used longest ago makes room.
    ///
    /// - Parameter lifetime: what is left then is forgotten.
    func begin(_ record: SessionRecord, as key: SessionKey, for lifetime: Duration) async throws(StoreError)

    /// What is kept of a session; `nil` when there is none.
    func record(of key: SessionKey) async throws(StoreError) -> SessionRecord?

    /// Puts a record in place of the one that is there. One that was ended meanwhile stays ended.
    func update(_ record: SessionRecord, of key: SessionKey) async throws(StoreError)

    func end(_ key: SessionKey) async throws(StoreError)

    /// Ends all that are kept of a wallet in one step, and answers what they were. Some may have been over.
    @discardableResult
    func endAll(of wallet: WalletAddress) async throws(StoreError) -> [SessionRecord]

    /// All that are kept of a wallet, in any order. Some may be over.
    func sessions(of wallet: WalletAddress) async throws(StoreError) -> [(key: SessionKey, record: SessionRecord)]
}

/// How many sessions there may be.
public enum SessionLimits {
    public static let perWallet = 32

    /// Those that must go for one more to be begun: the ones used longest ago.
    public static func surplus(
        among sessions: [(key: SessionKey, record: SessionRecord)]
    ) -> [SessionKey] {
        let oldest = sessions.sorted { $0.record.lastSeenAt < $1.record.lastSeenAt }
        return oldest.prefix(max(0, sessions.count - (perWallet - 1))).map(\.key)
    }
}
