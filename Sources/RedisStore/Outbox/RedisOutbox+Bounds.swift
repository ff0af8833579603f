public import Caching

/// How much there is in the outbox, and what becomes of what is too much.
extension RedisOutbox {
    /// How full the outbox is. `milliseconds` is the time since 1970.
    public func status(
        at milliseconds: Int64 = RedisSharedCache.systemMilliseconds()
    ) async throws(StoreError) -> Status {
        try await stream.status(at: milliseconds)
    }

    /// Drops the oldest entries of an outbox that is past its bounds. Call every second or so, beside
    /// ``run(deliver:)``, which may be waiting for the archive.
    ///
    /// - Returns: how many were dropped.
    @discardableResult
    public func keepWithinBounds(
        at milliseconds: Int64 = RedisSharedCache.systemMilliseconds()
    ) async throws(StoreError) -> Int {
        let dropped = try await stream.trim(to: options.bounds, at: milliseconds)
        guard dropped > 0 else { return 0 }
        statistics.dropped += dropped
        onEvent(.dropped(entries: dropped))
        return dropped
    }
}
