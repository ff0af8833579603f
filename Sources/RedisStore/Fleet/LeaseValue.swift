import Caching

/// What stands in Redis under the key of a lease.
enum LeaseValue: Sendable, Hashable {
    case held(owner: String, attempt: Int, since: Int64)
    /// So many fetches in a row have failed, the last one with this problem; it began after the purge of this number.
    case failed(attempts: Int, purge: UInt64, problem: [UInt8])

    init(_ lease: FetchLease) {
        self = .held(owner: lease.owner, attempt: lease.attempt, since: lease.since)
    }

    /// `nil` for what this release does not write.
    init?(_ bytes: [UInt8]) {
        let words = Self.words(bytes[...], atMost: 3)
        guard words.count == 3, let attempts = Int(Self.text(words[1])), attempts > 0 else { return nil }
        let rest = Self.words(words[2], atMost: 2)
        switch Self.text(words[0]) {
        case "held":
            guard rest.count == 2, let since = Int64(Self.text(rest[0])) else { return nil }
            self = .held(owner: Self.text(rest[1]), attempt: attempts, since: since)
        case "failed":
            // Releases before this one name no purge.
            if rest.count == 2, let purge = UInt64(Self.text(rest[0])) {
                self = .failed(attempts: attempts, purge: purge, problem: Array(rest[1]))
            } else {
                self = .failed(attempts: attempts, purge: 0, problem: Array(words[2]))
            }
        case _:
            return nil
        }
    }

    /// Words, and then the problem as it is.
    var bytes: [UInt8] {
        switch self {
        case .held(let owner, let attempt, let since): Array("held \(attempt) \(since) \(owner)".utf8)
        case .failed(let attempts, let purge, let problem): Array("failed \(attempts) \(purge) ".utf8) + problem
        }
    }

    private static func words(_ bytes: ArraySlice<UInt8>, atMost count: Int) -> [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: " "), maxSplits: count - 1, omittingEmptySubsequences: false)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
