import Caching
import EventLoops
import PostgresArchive
import RedisStore
import SQLiteArchive
import Sessions

/// The stores that the configuration names, opened but not waited for: a store that is away when the proxy starts is
/// used as soon as it is there.
struct OpenStores: Sendable {
    struct Redis: Sendable {
        let client: RedisClient
        let cache: RedisSharedCache
        let responses: RedisSharedResponses
        let outbox: RedisOutbox
        /// What the instances tell one another.
        let fleet: FleetMember.Links
        let leases: RedisLeases
        let moments: RedisEventMoments
        let jobs: RedisJobs
        let sessions: RedisSessions
    }

    let redis: Redis?
    let archive: any MetadataArchive & UpdateJournal & UserDirectory
    /// Whether the archive is a file of our own.
    let isEmbedded: Bool

    static func open(
        _ configuration: Configuration, on loop: EventLoop, consumer: String, log: Logger
    ) throws(StartupError) -> OpenStores {
        let resolver = AddressResolver()
        let (archive, isEmbedded) = try openArchive(configuration.archive, on: loop, resolver)
        var options = RedisOutbox.Options()
        options.batchRows = configuration.archive.batchRows
        options.batchInterval = configuration.archive.batchInterval
        options.bounds = configuration.archive.outbox.bounds
        let redis = try openRedis(
            configuration.cache.redis, options, on: loop, resolver, consumer: consumer, log: log)
        return OpenStores(redis: redis, archive: archive, isEmbedded: isEmbedded)
    }

    static func openArchive(
        _ archive: Configuration.Archive, on loop: EventLoop, _ resolver: AddressResolver
    ) throws(StartupError) -> (any MetadataArchive & UpdateJournal & UserDirectory, isEmbedded: Bool) {
        do throws(StoreError) {
            if archive.url.hasPrefix("sqlite:") {
                return (try SQLiteArchive(archive.url, migrations: archive.migrations + "/sqlite"), true)
            }
            let settings = PostgresSettings(
                url: try PostgresURL(archive.url), connections: archive.connections,
                migrations: archive.migrations + "/postgres")
            return (PostgresArchive(settings, loop: loop, resolver: resolver), false)
        } catch {
            throw StartupError("archive.url: \(error.detail)")
        }
    }

    /// Does something with the archive alone, on a loop of its own: a command rather than the server.
    static func withArchive<Value>(
        _ archive: Configuration.Archive, _ label: String,
        _ body: (any MetadataArchive & UpdateJournal) async throws(StoreError) -> Value
    ) async throws(StartupError) -> Value {
        let loop: EventLoop
        do throws(SystemCallError) {
            loop = try EventLoop(label: label)
        } catch {
            throw StartupError("cannot start an event loop: \(error)")
        }
        defer { loop.shutdown() }
        let (store, _) = try openArchive(archive, on: loop, AddressResolver())
        do throws(StoreError) {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw StartupError("the archive failed: \(error.detail)")
        }
    }

    private static func openRedis(
        _ redis: Configuration.Cache.Redis, _ outboxOptions: RedisOutbox.Options, on loop: EventLoop,
        _ resolver: AddressResolver, consumer: String, log: Logger
    ) throws(StartupError) -> Redis? {
        guard !redis.url.isEmpty else { return nil }
        var options = RedisClient.Options()
        options.connectTimeout = redis.connectTimeout
        options.timeout = redis.timeout
        if !redis.authorities.isEmpty { options.trust = .file(redis.authorities) }
        let url: RedisURL
        do throws(RedisURLError) {
            url = try RedisURL(parsing: redis.url)
        } catch {
            throw StartupError("cache.redis.url: \(error.description)")
        }
        let keys = RedisKeys(prefix: redis.keyPrefix)
        do throws(RedisError) {
            let journal = RedisLog(log: log)
            let client = try RedisClient(
                url: url, options: options, loop: loop, resolver: resolver, onEvent: { journal.tell($0) })
            let outbox = RedisOutbox(client: client, keys: keys, consumer: consumer, options: outboxOptions) { event in
                log.warning("outbox", ["event": "\(event)"])
            }
            let fleet = FleetMember.Links(
                channel: RedisFleetChannel(client: client, keys: keys),
                instances: RedisInstances(client: client, keys: keys), purges: RedisPurges(client: client, keys: keys))
            let threshold = redis.compressionThreshold.value
            return Redis(
                client: client,
                cache: RedisSharedCache(client: client, keys: keys, compressingAbove: threshold),
                responses: RedisSharedResponses(client: client, keys: keys, compressingAbove: threshold),
                outbox: outbox, fleet: fleet,
                leases: RedisLeases(client: client, keys: keys, channel: fleet.channel),
                moments: RedisEventMoments(client: client, keys: keys),
                jobs: RedisJobs(client: client, keys: keys),
                sessions: RedisSessions(client: client, keys: keys))
        } catch {
            throw StartupError("cache.redis.url: \(error)")
        }
    }

    func close() async {
        await redis?.outbox.close()
        await redis?.cache.close()
        await archive.close()
    }
}

extension OpenStores.Redis {
    var report: RedisReport {
        get async {
            let unreadable = await cache.statistics.unreadable + responses.statistics.unreadable
            return RedisReport(client: await client.statistics, unreadable: unreadable)
        }
    }

    /// As readiness tells it. Asking makes a client that was never used connect.
    var state: Health.DependencyState {
        get async {
            if await client.isReachable { return .up }
            if case .refused = await client.statistics.fault { return .refused }
            return .down
        }
    }
}
