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

    /// All warm jobs, by their age. Its hash tag keeps it and what belongs to it on one node.
    public var jobs: String { "\(prefix){jobs}" }

    /// The open ones, by when their leases end; 0 while nobody works on them.
    public var openJobs: String { "\(prefix){jobs}:open" }

    /// What is known of a job: a hash.
    public func job(_ identifier: String) -> String { "\(prefix){jobs}:job:\(identifier)" }

    /// What is to be done in a job.
    public func work(of identifier: String) -> String { "\(prefix){jobs}:work:\(identifier)" }

    /// The last run of a schedule.
    public func schedule(_ name: String) -> String { "\(prefix){jobs}:schedule:\(name)" }

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
        "\(prefix)route:\(Hex.text(SHA256.hash(key)))"
    }
}
