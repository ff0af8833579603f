import EventLoops
import Synchronization

/// Slows down who guesses the admin token: after a few wrong ones from one client it is not listened to for the rest of
/// the minute, whatever it brings. Bounded: when too many clients are known, whose minute began first is forgotten.
///
/// Any thread.
final class FailedAttempts: Sendable {
    /// Wrong tokens of one client in one minute.
    static let limit = 5
    /// Milliseconds.
    static let window: Int64 = 60_000
    static let capacity = 4096

    fileprivate struct Attempts {
        let since: Int64
        var count: Int
    }

    private let attempts = Mutex<[ClientKey: Attempts]>([:])

    /// How many clients are known.
    var count: Int { attempts.withLock { $0.count } }

    /// In how many seconds a client is listened to again, at least 1; nil when it is now.
    ///
    /// - Parameter now: milliseconds since 1970.
    func wait(of client: ClientKey, at now: Int64) -> Int? {
        attempts.withLock { attempts in
            guard let known = attempts[client], known.isCurrent(at: now), known.count >= Self.limit else { return nil }
            return max(1, Int((known.since + Self.window - now + 999) / 1000))
        }
    }

    /// Counts a wrong token.
    func note(_ client: ClientKey, at now: Int64) {
        attempts.withLock { attempts in
            if var known = attempts[client], known.isCurrent(at: now) {
                known.count += 1
                attempts[client] = known
                return
            }
            if attempts.count >= Self.capacity { Self.makeRoom(in: &attempts, at: now) }
            attempts[client] = Attempts(since: now, count: 1)
        }
    }

    private static func makeRoom(in attempts: inout [ClientKey: Attempts], at now: Int64) {
        attempts = attempts.filter { $0.value.isCurrent(at: now) }
        guard attempts.count >= capacity, let oldest = attempts.min(by: { $0.value.since < $1.value.since }) else {
            return
        }
        attempts[oldest.key] = nil
    }
}

extension FailedAttempts.Attempts {
    fileprivate func isCurrent(at now: Int64) -> Bool { now - since < FailedAttempts.window }
}
