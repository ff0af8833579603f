public import Caching
import EventLoops
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

    /// The stream of what instances tell one another. Its hash tag keeps it and what belongs to it on one node.
    public var fleet: String { "\(prefix){fleet}" }

    /// The instances that live, by the server's time at which each was last heard of.
    public var instances: String { "\(prefix){fleet}:instances" }

    /// The purges that may still concern something, and the number of the last.
    public var purges: String { "\(prefix){fleet}:purges" }

    /// The record of a token: `prefix` `t:{chain/contract/token}`. On a cluster everything about a token is in one place.
    public func record(of reference: TokenReference) -> String { "\(prefix)t:{\(reference)}" }

    /// Who fetches something for all: `prefix` `l:{chain/contract/token}`, or `l:{chain/contract}`.
    public func lease(of subject: FleetSubject) -> String { "\(prefix)l:{\(subject)}" }

    /// When a block with events was first read by any instance: `prefix` `e:{chain/hash}`.
    public func firstReading(of block: UInt256, on chain: ChainIdentifier) -> String {
        "\(prefix)e:{\(chain)/\(block)}"
    }

    /// The responses for a URL: `prefix` `route:` and the SHA-256 of the URL's key, which may be of any length.
    public func responses(of key: [UInt8]) -> String {
        let digits = SHA256.hash(key).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return "\(prefix)route:\(digits.joined())"
    }
}
