import Synchronization
import Testing

@testable import Mintcache

/// Chance that falls the same way every time (SplitMix64).
final class SeededChance: Sendable {
    private let state = Mutex<UInt64>(7)

    func next() -> Double {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ mixed >> 31) >> 11) / Double(1 << 53)
        }
    }
}

@Suite struct `A table of gateways` {
    private let chance = SeededChance()
    private let table: GatewayTable

    init() {
        let chance = chance
        table = GatewayTable { chance.next() }
    }

    private static func gateway(_ name: String, weight: Int = 1) -> Configuration.Endpoint {
        Configuration.Endpoint(url: "https://\(name).example/secret-path", weight: weight)
    }

    /// How often each is asked first in a thousand times.
    private func firsts(_ gateways: [Configuration.Endpoint]) -> [Int] {
        var counts = gateways.map { _ in 0 }
        for _ in 0..<1000 {
            let first = table.order(gateways, of: .ipfs)[0].url
            counts[gateways.firstIndex { $0.url == first } ?? 0] += 1
        }
        return counts
    }

    @Test func `asks in proportion to weight`() {
        let counts = firsts([Self.gateway("a", weight: 3), Self.gateway("b")])
        #expect((700...800).contains(counts[0]), "\(counts)")
    }

    @Test func `names every gateway once`() {
        let gateways = ["a", "b", "c"].map { Self.gateway($0) }
        for _ in 0..<50 {
            #expect(Set(table.order(gateways, of: .ipfs).map(\.url)) == Set(gateways.map(\.url)))
        }
    }

    @Test func `asks one that fails less and less, and again when it recovers`() {
        let (good, bad) = (Self.gateway("good"), Self.gateway("bad"))
        for _ in 0..<20 { table.note(.failed(.timeout), of: bad, .ipfs) }
        let failing = firsts([good, bad])
        #expect((1...40).contains(failing[1]), "\(failing)")
        for _ in 0..<20 { table.note(.answered(in: .milliseconds(5)), of: bad, .ipfs) }
        let recovered = firsts([good, bad])
        #expect((430...570).contains(recovered[1]), "\(recovered)")
    }

    @Test func `prefers one that is not overtaken`() {
        let (quick, slow) = (Self.gateway("quick"), Self.gateway("slow"))
        for _ in 0..<20 { table.note(.overtaken, of: slow, .ipfs) }
        let counts = firsts([quick, slow])
        #expect((150...260).contains(counts[1]), "\(counts)")
    }

    @Test func `is as patient as nineteen of twenty answers took lately`() {
        let gateway = Self.gateway("a")
        #expect(table.patience(with: gateway, of: .ipfs, .percentile95) == .seconds(1))
        for milliseconds in 1...100 {
            table.note(.answered(in: .milliseconds(milliseconds * 10)), of: gateway, .ipfs)
        }
        // Of the last 64, from 370 to 1000 ms.
        #expect(table.patience(with: gateway, of: .ipfs, .percentile95) == .milliseconds(970))
        #expect(table.patience(with: gateway, of: .arweave, .percentile95) == .seconds(1))
        #expect(table.patience(with: gateway, of: .ipfs, .after(.milliseconds(5))) == .milliseconds(5))
        #expect(table.patience(with: gateway, of: .ipfs, .off) == nil)
    }

    @Test func `is patient within limits`() {
        let (quick, slow) = (Self.gateway("quick"), Self.gateway("slow"))
        for _ in 0..<8 {
            table.note(.answered(in: .microseconds(3)), of: quick, .ipfs)
            table.note(.answered(in: .seconds(25)), of: slow, .ipfs)
        }
        #expect(table.patience(with: quick, of: .ipfs, .percentile95) == .milliseconds(20))
        #expect(table.patience(with: slow, of: .ipfs, .percentile95) == .seconds(5))
    }

    @Test func `reports hosts and never paths`() throws {
        table.note(.answered(in: .milliseconds(7)), of: Self.gateway("a"), .ipfs)
        table.note(.failed(.mismatch), of: Self.gateway("a"), .ipfs)
        let report = try #require(table.reports.first)
        #expect(report.host == "a.example:443" && report.network == .ipfs)
        #expect(report.standing.answers == 1 && report.standing.failures == 1)
        #expect(report.standing.consecutiveFailures == 1)
    }

    @Test func `is bounded, and forgets those asked longest ago`() {
        for number in 0..<300 { table.note(.overtaken, of: Self.gateway("g\(number)"), .ipfs) }
        #expect(table.reports.count == 256)
        #expect(!table.reports.contains { $0.host == "g0.example:443" })
        #expect(table.reports.contains { $0.host == "g299.example:443" })
    }
}
