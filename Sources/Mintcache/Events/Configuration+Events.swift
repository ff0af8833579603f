import HTTPCaching

extension Configuration {
    /// How long after it was read anything may still be used, in milliseconds, at the most.
    var longestUse: Int64 {
        let growing = [cache.placeholderTTL, cache.negativeTTL, cache.malformedTTL, cache.refusedTTL]
            .map { $0.wholeMilliseconds.multipliedReportingOverflow(by: Int64(cache.ttlGrowth)) }
            .map { $0.overflow ? .max : $0.partialValue }
        let plain = ([cache.ttl, cache.immutableTTL] + collections.compactMap(\.ttl)).map(\.wholeMilliseconds)
        // Lifetimes are lengthened by half at most, and everything configured is far below the range of the type.
        let longest = min((growing + plain).max() ?? 0, .max / 4)
        return longest + longest / 2 + max(cache.staleIfError, cache.staleWhileRevalidate).wholeMilliseconds
    }
}
