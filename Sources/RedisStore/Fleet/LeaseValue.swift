import Caching

/// What stands in Redis under the key of a lease.
enum LeaseValue: Sendable, Hashable {
    case held(owner: String, attempt: Int, since: Int64)
    /// So many fetches in a row have failed, the last one with this problem.
    case failed(attempts: Int, problem: [UInt8])

    init(_ lease: FetchLease) {
        self = .held(owner: lease.owner, attempt: lease.attempt, since: lease.since)
    }

    /// `nil` for what this release does not write.
    init?(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        let words = parts.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2, let attempts = Int(words[1]), attempts > 0 else { return nil }
        switch (words[0], words.count) {
        case ("held", 3):
            guard parts.count == 4, let since = Int64(words[2]) else { return nil }
            self = .held(owner: String(decoding: parts[3], as: UTF8.self), attempt: attempts, since: since)
        case ("failed", _):
            self = .failed(attempts: attempts, problem: Array(bytes.dropFirst(words[0].count + words[1].count + 2)))
        case _:
            return nil
        }
    }

    /// Words, and then the problem as it is.
    var bytes: [UInt8] {
        switch self {
        case .held(let owner, let attempt, let since): Array("held \(attempt) \(since) \(owner)".utf8)
        case .failed(let attempts, let problem): Array("failed \(attempts) ".utf8) + problem
        }
    }
}
