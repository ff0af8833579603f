public import Tokens

/// The names of what is kept in Redis. All begin with one prefix, so that an account can be limited to them.
public struct RedisKeys: Sendable, Hashable {
    /// What every name begins with, such as `mintcache:`.
    public let prefix: String

    public init(prefix: String) {
        self.prefix = prefix
    }

    /// The stream of records on their way to the archive.
    public var outbox: String { "\(prefix)outbox" }

    /// The record of a token: `prefix` `t:` `chain/contract/token`.
    public func record(of reference: TokenReference) -> String { "\(prefix)t:\(reference)" }
}
