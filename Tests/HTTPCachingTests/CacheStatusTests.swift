import HTTPCaching
import Testing

@Suite struct CacheStatusTests {
    @Test func `writes hits with their store`() {
        #expect(CacheStatus.hit(timeToLive: 30, detail: .memory).text == "mintcache; hit; ttl=30; detail=memory")
        #expect(CacheStatus.hit(timeToLive: -412, detail: .redis).text == "mintcache; hit; ttl=-412; detail=redis")
        #expect(CacheStatus.hit(timeToLive: 0, detail: .archive).text == "mintcache; hit; ttl=0; detail=archive")
    }

    @Test func `writes what was forwarded`() {
        let stored = CacheStatus.forwarded(.uriMiss, status: 200, stored: true)
        #expect(stored.text == "mintcache; fwd=uri-miss; fwd-status=200; stored")
        let collapsed = CacheStatus.forwarded(.uriMiss, status: 200, collapsed: true)
        #expect(collapsed.text == "mintcache; fwd=uri-miss; fwd-status=200; collapsed")
        #expect(CacheStatus.forwarded(.stale, status: nil).text == "mintcache; fwd=stale")
    }

    @Test func `the longest member fits the promised length`() {
        for reason in CacheStatus.ForwardReason.allCases {
            var status = CacheStatus.forwarded(reason, status: .min, stored: true, collapsed: true)
            status.timeToLive = .min
            status.detail = .archive
            #expect(status.text.utf8.count <= CacheStatus.maximumLength)
            #expect(status.text.hasSuffix("; ttl=-9223372036854775808; stored; collapsed; detail=archive"))
        }
    }
}
