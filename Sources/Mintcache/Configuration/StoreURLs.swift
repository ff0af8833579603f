import Caching
import PostgresArchive
import RedisStore

// What is wrong with the URLs of the stores, in the words of the stores themselves. Nothing of a URL is repeated,
// because it may hold a password anywhere.

extension Configuration.Cache.Redis {
    /// `nil` when it can be read, or no Redis is wanted.
    var urlFault: String? {
        guard !url.isEmpty else { return nil }
        do throws(RedisURLError) {
            _ = try RedisURL(parsing: url)
            return nil
        } catch {
            return error.description
        }
    }
}

extension Configuration.Archive {
    /// `nil` when it can be read.
    static func fault(ofURL url: String) -> String? {
        guard !url.hasPrefix("sqlite:") else {
            let isPath = url.utf8.count > "sqlite:".utf8.count && !url.utf8.contains(0)
            return isPath ? nil : "names no file: write sqlite:PATH, such as sqlite:var/mintcache.db"
        }
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            return "must begin with postgres:// or sqlite:"
        }
        do throws(StoreError) {
            _ = try PostgresURL(url)
            return nil
        } catch {
            return error.detail
        }
    }
}
