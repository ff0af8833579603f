import EventLoops
import PostgresArchive
import RedisStore
import SQLiteArchive
import UpstreamFetching

/// What runs here.
public enum Version {
    public static let number = "0.1.0"

    /// Several lines: the version, the commit where the platform tells it, the libraries.
    public static func text(environment: [String: String]) -> String {
        let commit = environment["MINTCACHE_COMMIT"] ?? environment["RAILWAY_GIT_COMMIT_SHA"] ?? "unknown"
        let libraries = [
            UpstreamClient.libraryVersion, TLSClient.libraryVersion, RedisClient.libraryVersion,
            PostgresArchive.libraryVersion, SQLiteArchive.libraryVersion,
        ]
        return (["mintcache \(number)", "commit \(commit)"] + libraries).joined(separator: "\n")
    }
}
