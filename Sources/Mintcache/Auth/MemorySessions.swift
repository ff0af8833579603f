import Caching
import EventLoops
import Sessions
import Synchronization

/// Nonces and sessions in memory, for a proxy without Redis: they end with the process. Bounded: when there are too many,
/// what is over goes first, then what has been there longest.
final class MemorySessions: SessionStore {
    private static let capacity = 100_000

    private struct Nonce {
        let browser: [UInt8]
        let end: Int64
    }

    private struct Session {
        var record: SessionRecord
        let end: Int64
    }

    private struct Contents {
        var nonces: [[UInt8]: Nonce] = [:]
        var sessions: [WalletAddress: [SessionKey: Session]] = [:]
        var sessionCount = 0
    }

    private let time: TimeSource
    private let contents = Mutex(Contents())

    init(time: TimeSource) {
        self.time = time
    }

    // MARK: Nonces

    func remember(nonce: [UInt8], of browser: [UInt8], for lifetime: Duration) async throws(StoreError) {
        let now = time.now
        contents.withLock { contents in
            if contents.nonces.count >= Self.capacity {
                contents.nonces = contents.nonces.filter { $0.value.end > now }
            }
            if contents.nonces.count >= Self.capacity {
                let ends = contents.nonces.values.map(\.end).sorted()
                contents.nonces = contents.nonces.filter { $0.value.end > ends[ends.count / 10] }
            }
            contents.nonces[nonce] = Nonce(browser: browser, end: now + lifetime.inMilliseconds)
        }
    }

    func consume(nonce: [UInt8]) async throws(StoreError) -> [UInt8]? {
        let now = time.now
        return contents.withLock { contents in
            guard let found = contents.nonces.removeValue(forKey: nonce), found.end > now else { return nil }
            return found.browser
        }
    }

    // MARK: Sessions

    func begin(_ record: SessionRecord, as key: SessionKey, for lifetime: Duration) async throws(StoreError) {
        let now = time.now
        contents.withLock { contents in
            if contents.sessionCount >= Self.capacity { Self.makeRoom(in: &contents, at: now) }
            let held = (contents.sessions[key.wallet] ?? [:]).map { (key: $0.key, record: $0.value.record) }
            for surplus in SessionLimits.surplus(among: held) { Self.remove(surplus, from: &contents) }
            contents.sessions[key.wallet, default: [:]][key] = Session(
                record: record, end: now + lifetime.inMilliseconds)
            contents.sessionCount += 1
        }
    }

    func record(of key: SessionKey) async throws(StoreError) -> SessionRecord? {
        let now = time.now
        return contents.withLock { contents in
            guard let session = contents.sessions[key.wallet]?[key], session.end > now else { return nil }
            return session.record
        }
    }

    func update(_ record: SessionRecord, of key: SessionKey) async throws(StoreError) {
        contents.withLock { $0.sessions[key.wallet]?[key]?.record = record }
    }

    func end(_ key: SessionKey) async throws(StoreError) {
        contents.withLock { Self.remove(key, from: &$0) }
    }

    func endAll(of wallet: WalletAddress) async throws(StoreError) -> [SessionRecord] {
        contents.withLock { contents in
            let ended = contents.sessions.removeValue(forKey: wallet) ?? [:]
            contents.sessionCount -= ended.count
            return ended.values.map(\.record)
        }
    }

    func sessions(
        of wallet: WalletAddress
    ) async throws(StoreError) -> [(key: SessionKey, record: SessionRecord)] {
        contents.withLock { contents in
            (contents.sessions[wallet] ?? [:]).map { (key: $0.key, record: $0.value.record) }
        }
    }

    private static func remove(_ key: SessionKey, from contents: inout Contents) {
        guard contents.sessions[key.wallet]?.removeValue(forKey: key) != nil else { return }
        contents.sessionCount -= 1
        if contents.sessions[key.wallet]?.isEmpty == true { contents.sessions[key.wallet] = nil }
    }

    private static func makeRoom(in contents: inout Contents, at now: Int64) {
        let all = contents.sessions.values.flatMap { $0 }
        for (key, session) in all where session.end <= now { remove(key, from: &contents) }
        guard contents.sessionCount >= capacity else { return }
        let oldest = all.sorted { $0.value.record.lastSeenAt < $1.value.record.lastSeenAt }
        for (key, _) in oldest.prefix(capacity / 10) { remove(key, from: &contents) }
    }
}
