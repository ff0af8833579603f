import Testing

@testable import HTTPCaching

@Suite("Storing and reusing hostile responses")
struct StoringPropertyTests {
    private static let names = [
        "Cache-Control", "CDN-Cache-Control", "Mintcache-Cache-Control", "Expires", "Date", "Last-Modified", "Age",
        "ETag",
        "Vary", "Content-Location", "Set-Cookie", "Content-Range",
    ]
    private static let values = [
        "max-age=60", "s-maxage=\"5\", foo", "no-cache=\"x\"", "public, must-revalidate", "max-age=-5", "immutable",
        "stale-while-revalidate=9, stale-if-error=99999999999", "must-understand, no-store", "a=(1 \"x\";p);q=:aGk=:",
        "Sun, 06 Nov 1994 08:49:37 GMT", "Friday, 31-Dec-99 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat Jan  1 00:00:00 0000", "99999999999999999999", "7200, 0", "W/\"a\"", "*", "accept, x", "bytes 0-1/2", "/",
    ]
    private static let times: [Int64] = [
        .min, -1, 0, 1, arrivalTime - 1, arrivalTime, arrivalTime + 5_000, .max - 1, .max,
    ]
    private static let statuses = [-1, 0, 100, 200, 206, 299, 304, 404, 429, 500, 599, 999, .max]
    private static let rules = [
        CachingRules(), CachingRules(staleWhileRevalidate: .max, staleIfError: .min),
        CachingRules(
            mode: .override(
                OverrideLifetimes(document: .max, negative: .min, redirect: 1, error: 999, byStatus: [-1: 5])),
            staleWhileRevalidate: 1),
    ]

    private var generator = SystemRandomNumberGenerator()

    private mutating func hostileValue() -> [UInt8] {
        var value = Array((Self.values.randomElement(using: &generator) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !value.isEmpty {
            value[Int.random(in: 0..<value.count, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        return Array(value.prefix(Int.random(in: 0...value.count + 20, using: &generator)))
    }

    private mutating func hostileResponse() -> ReceivedResponse {
        let lines = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
            FieldLine(Self.names.randomElement(using: &generator) ?? "", hostileValue())
        }
        return ReceivedResponse(
            status: Self.statuses.randomElement(using: &generator) ?? 0, fields: HeaderFields(lines),
            requestTime: hostileTime(), responseTime: hostileTime())
    }

    private mutating func hostileTime() -> Int64 { Self.times.randomElement(using: &generator) ?? 0 }

    @Test("keeps ages and lifetimes between 0 and 2^31 and never crashes")
    mutating func holdsBounds() {
        let bounds: ClosedRange<Int64> = 0...(1 << 31)
        for _ in 0..<4_000 {
            let response = hostileResponse()
            let request = HeaderFields(["Cache-Control", "Pragma"].map { FieldLine($0, hostileValue()) })
            let facts = RequestFacts(request)
            for rules in Self.rules {
                let head = StoredHead(response, requestFields: request, rules: rules, partial: nil)
                let now = hostileTime()
                #expect(bounds.contains(head.initialAge) && bounds.contains(head.lifetime))
                #expect(bounds.contains(head.age(at: now)) && head.timeToLive(at: now) <= head.lifetime)
                #expect(bounds.contains(head.staleWhileRevalidate) && bounds.contains(head.staleIfError))
                #expect(head.usefulUntil >= head.responseTime && head.usefulUntil >= head.freshUntil)
                let reuse = head.reuse(for: facts, honouringDirectives: true, at: now)
                if reuse == .fresh { #expect(head.timeToLive(at: now) > 0) }
                if !head.flags.isDisjoint(with: [.noCache, .mustRevalidate]) {
                    #expect(reuse != .staleWhileRevalidate && reuse != .staleOnRequest)
                }
                _ = head.mayStandIn(forErrorAt: now, request: facts)
                let decision = Storing.decide(
                    method: "GET", requestFields: request, facts: facts, url: nil, response: response, rules: rules)
                if let stored = decision.stored { #expect(stored.status >= 200 && stored.status != 304) }
            }
        }
    }

    @Test("holds what a store gave back damaged")
    mutating func holdsDamage() {
        let extremes: [Int64] = [.min, -1, 0, 1, 1 << 31, .max]
        for _ in 0..<2_000 {
            let times = (0..<8).map { _ in extremes.randomElement(using: &generator) ?? 0 }
            let head = StoredHead(
                status: 200, fields: HeaderFields(), requestTime: times[0], responseTime: times[1],
                initialAge: times[2], lifetime: times[3],
                flags: StoredHead.Flags(rawValue: .random(in: 0...127, using: &generator)),
                staleWhileRevalidate: times[4], staleIfError: times[5],
                variant: VariantKey(vary: [], request: HeaderFields(), response: HeaderFields()), partial: nil,
                entityTag: nil, lastModified: nil, date: times[6])
            let now = times[7]
            #expect((0...(1 << 31)).contains(head.age(at: now)))
            #expect(head.usefulUntil >= head.responseTime)
            let facts = RequestFacts(header("Cache-Control: max-stale, min-fresh=0"))
            _ = head.reuse(for: facts, honouringDirectives: Bool.random(using: &generator), at: now)
            _ = head.mayStandIn(forErrorAt: now, request: facts)
        }
    }

    @Test("parsers take any octets")
    mutating func parsersTakeAnything() {
        for _ in 0..<4_000 {
            let octets = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            for value in [octets, hostileValue()] {
                let fields = HeaderFields(Self.names.map { FieldLine($0, value) })
                let directives = ResponseCacheControl(fields)
                #expect((directives.maxAge ?? 0) >= 0 && (directives.sharedMaxAge ?? 0) <= 1 << 31)
                let targeted = TargetedCacheControl.directives(in: fields)
                #expect((targeted?.maxAge ?? 0) >= 0 && (targeted?.maxAge ?? 0) <= 1 << 31)
            }
        }
    }
}
