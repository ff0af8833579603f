import Caching
import HTTPCaching

extension WriteQueue.Limits {
    init(_ archive: Configuration.Archive) {
        self.init(batchRows: archive.batchRows, batchInterval: archive.batchInterval)
    }
}

extension RouteStore {
    init(
        _ cache: Configuration.Cache, memory: MemoryCache, redis: (any SharedResponses)?, time: TimeSource,
        metrics: Metrics, purges: PurgeBook
    ) {
        self.init(
            memory: memory, redis: redis, time: time, memoryTTL: cache.memory.ttl.wholeMilliseconds,
            redisTimeout: cache.redis.timeout,
            memoryLimit: cache.memory.maximumEntry.value - RouteStore.headAllowance, metrics: metrics, purges: purges)
    }
}
