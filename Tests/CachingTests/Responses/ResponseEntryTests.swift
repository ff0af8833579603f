import Caching
import HTTPCaching
import Testing

@Suite struct ResponseEntryTests {
    private let german = response(language("de"), responseTime: 1_000)
    private let part = PartialExtent(first: 10, last: 29, complete: 100)

    private func entry(_ variants: CachedResponse...) -> ResponseEntry {
        ResponseEntry(key: key(1), variants: variants, times: times())
    }

    @Test func `keeps the variants of a URL beside one another, the latest first`() {
        let english = response(language("en"), responseTime: 2_000)
        let both = entry(german).adding(english, times(20_000))
        #expect(both.variants.map(\.head.responseTime) == [2_000, 1_000])
        #expect(both.times == times(20_000) && both.key == key(1))
        #expect(both.select(for: request(("Accept-Language", "de"))) === german)
        #expect(both.select(for: request(("accept-language", "en"))) === english)
        #expect(both.select(for: request(("accept-language", "fr"))) == nil)
        #expect(both.soleVariant == nil)
    }

    @Test func `a new response takes the place of the one for the same requests`() {
        let english = response(language("en"), responseTime: 2_000)
        let newer = response(language("de"), responseTime: 3_000)
        let renewed = entry(english, german).adding(newer, times())
        #expect(renewed.variants.count == 2)
        #expect(renewed.variants.first === newer && renewed.variants.last === english)
    }

    @Test func `a response that came earlier is not taken, unless the one held is from the future`() {
        let newer = response(responseTime: 9_000)
        let late = response(responseTime: 8_000)
        #expect(entry(newer).adding(late, times(10_000)).variants.first === newer)
        #expect(entry(newer).adding(late, times(10_000)).variants.count == 1)
        #expect(entry(newer).adding(late, times(8_500)).variants.first === late)
        #expect(entry(newer).adding(response(responseTime: 9_000), times()).variants.first !== newer)
    }

    @Test func `a whole response takes a part's place, a part stands beside it`() {
        let whole = response(responseTime: 1_000)
        let held = response(responseTime: 2_000, partial: part)
        let beside = entry(whole).adding(held, times())
        #expect(beside.variants.count == 2)
        #expect(beside.select(for: request()) === whole)
        let nextPart = response(responseTime: 3_000, partial: PartialExtent(first: 0, last: 9, complete: 100))
        #expect(beside.adding(nextPart, times()).variants.map(\.head.responseTime) == [3_000, 1_000])
        let nextWhole = response(responseTime: 4_000)
        #expect(beside.adding(nextWhole, times()).variants.map(\.head.responseTime) == [4_000])
    }

    @Test func `keeps a bounded number, the oldest leaves`() {
        var entry = entry(german)
        for number in 0..<40 { entry = entry.adding(response(language("x-\(number)")), times()) }
        #expect(entry.variants.count == VariantSelection.limit)
        #expect(entry.variants.first?.head.variant == language("x-39"))
        #expect(!entry.variants.contains { $0 === german })
        let many = ResponseEntry(key: [], variants: Array(repeating: german, count: 40), times: times())
        #expect(many.variants.count == VariantSelection.limit)
    }

    @Test func `names the one response that answers every request`() {
        let plain = response()
        #expect(entry(plain).soleVariant === plain)
        #expect(entry(plain).select(for: request(("Accept", "a/b"))) === plain)
        #expect(entry(german).soleVariant == nil)
        #expect(entry(response(partial: part)).soleVariant == nil)
        #expect(entry(plain, german).soleVariant == nil)
        #expect(entry().soleVariant == nil && entry().select(for: request()) == nil)
    }

    @Test func `one of many may refresh, and another one after the interval`() {
        let stale = entry(german)
        #expect(stale.claimRefresh(at: 1_000, retryingAfter: 500))
        #expect(!stale.claimRefresh(at: 1_499, retryingAfter: 500))
        #expect(stale.claimRefresh(at: 1_500, retryingAfter: 500))
        #expect(stale.adding(german, times()).claimRefresh(at: 1_501, retryingAfter: 500))
    }
}

@Suite struct MemoryCacheResponsesTests {
    private let cache = MemoryCache(MemoryCache.Limits(bytes: 1 << 20, entryBytes: 64 << 10, shards: 1))

    private func insert(_ number: Int, _ variants: [CachedResponse], memoryUntil: Int64 = 70_000) -> Bool {
        cache.insert(ResponseEntry(key: key(number), variants: variants, times: times(memoryUntil: memoryUntil)))
    }

    @Test func `gives back what was put in, until memory must look below`() {
        let stored = ResponseEntry(key: key(1), variants: [response()], times: times(memoryUntil: 20_000))
        #expect(cache.insert(stored))
        #expect(cache.responses(1, at: 19_999) === stored)
        #expect(cache.responses(1, at: 20_000) == nil)
        #expect(cache.lastKnownResponses(1) === stored)
        #expect(cache.statistics.hits == 1 && cache.statistics.misses == 1)
        #expect(cache.remove(1))
        #expect(cache.lastKnownResponses(1) == nil)
    }

    @Test func `never takes one kind for the other`() {
        cache.insert(entry(key(1), memoryUntil: .max))
        #expect(insert(2, [response()]))
        #expect(cache.responses(1) == nil && cache.lastKnownResponses(1) == nil)
        #expect(cache.entry(2) == nil && cache.lastKnownEntry(2) == nil)
        #expect(insert(1, [response()]))
        #expect(cache.entry(1) == nil && cache.responses(1) != nil && cache.count == 2)
        #expect(cache.insert(entry(key(1), memoryUntil: .max)))
        #expect(cache.entry(1) != nil && cache.responses(1) == nil)
    }

    @Test func `both kinds share one budget`() {
        for number in 0..<2_000 {
            if number.isMultiple(of: 2) {
                cache.insert(entry(key(number), size: 4_000))
            } else {
                #expect(insert(number, [response(size: 4_000)]))
            }
            #expect(cache.bytes <= 1 << 20)
        }
        #expect(cache.statistics.evictions > 1_500)
        #expect(cache.removeAll() > 100)
        #expect(cache.count == 0)
    }

    @Test func `leaves out the oldest variants that would make an entry too large`() throws {
        let variants = (0..<8).map { response(language("l-\($0)"), size: 20_000) }
        #expect(insert(1, variants))
        let held = try #require(cache.responses(1))
        #expect(held.variants.count == 3)
        #expect(held.variants.first === variants[0])
    }

    @Test func `leaves out a variant too large for itself and keeps the others`() throws {
        let small = response(language("de"))
        #expect(insert(1, [response(size: 70_000), small]))
        #expect(try #require(cache.responses(1)).variants.map(\.body.count) == [small.body.count])
        #expect(!insert(1, [response(size: 70_000)]))
        #expect(cache.lastKnownResponses(1) == nil)
    }

    @Test func `an older answer of another variant is no older answer`() {
        #expect(insert(1, [response(language("de"), responseTime: 9_000)]))
        let held = cache.responses(1)
        #expect(held?.adding(response(language("en"), responseTime: 1_000), times()).variants.count == 2)
    }
}
