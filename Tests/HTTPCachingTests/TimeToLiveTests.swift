import HTTPCaching
import Testing

@Suite struct LifetimePolicyTests {
    private let policy = LifetimePolicy(
        [.document: .seconds(86_400), .missing: .seconds(300), .failure: .seconds(10)], growthLimit: 12,
        jitterPercent: 10)

    private func digest(_ token: Int) -> UInt64 {
        reading("eip155:1/0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d/\(token)") { ExpiryJitter.digest($0) }
    }

    @Test func `spreads ten thousand neighbours evenly over the allowed span`() {
        let lifetimes = (0..<10_000).map { policy.lifetime(of: .document, digest: digest($0)) }
        let (low, high) = (86_400_000 * 0.9, 86_400_000 * 1.1)
        #expect(lifetimes.allSatisfy { (low...high).contains(Double($0)) })
        var slices = [Int](repeating: 0, count: 20)
        for lifetime in lifetimes { slices[min(19, Int((Double(lifetime) - low) / (high - low) * 20))] += 1 }
        #expect(slices.allSatisfy { (400...600).contains($0) })
    }

    @Test func `neighbouring ids are as far apart as strangers`() {
        let lifetimes = (0..<10_000).map { Double(policy.lifetime(of: .document, digest: digest($0))) }
        let gaps = zip(lifetimes, lifetimes.dropFirst()).map { abs($0 - $1) }
        // Two independent even draws are a third of the span apart on average.
        let average = gaps.reduce(0, +) / Double(gaps.count) / (86_400_000 * 0.2)
        #expect((0.32...0.35).contains(average))
    }

    @Test func `gives one key one lifetime in every process`() {
        // Worked out apart from this program.
        #expect(reading("") { ExpiryJitter.digest($0) } == 0xEFD0_1F60_BA99_2926)
        #expect(reading("eip155:1/a/1") { ExpiryJitter.digest($0) } == 0x600C_B00E_7D4A_084A)
    }

    @Test func `never keeps a failure longer than allowed`() {
        let lifetimes = (0..<1_000).map { policy.lifetime(of: .failure, digest: digest($0)) }
        #expect(lifetimes.allSatisfy { (9_000...10_000).contains($0) })
        #expect(Set(lifetimes).count > 500)
    }

    @Test func `keeps absences by their own lifetime, exactly when there is no jitter`() {
        let exact = LifetimePolicy(
            [.document: .seconds(9), .missing: .milliseconds(1_500)], growthLimit: 1, jitterPercent: 0)
        #expect(exact.lifetime(of: .missing, digest: digest(7)) == 1_500)
        #expect(exact.freshUntil(fetchedAt: 1_000, outcome: .document, digest: digest(7)) == 10_000)
        #expect((270_000...330_000).contains(policy.lifetime(of: .missing, digest: digest(7))))
    }

    @Test(arguments: [(1, 10), (2, 20), (3, 40), (4, 80), (5, 120), (6, 120), (Int.max, 120), (0, 10), (-7, 10)])
    func `keeps what passes twice as long each time it comes again, up to a limit`(_ repetitions: Int, _ seconds: Int) {
        let passing = LifetimePolicy.Outcome.allCases.filter(\.isPassing)
        let exact = LifetimePolicy(
            Dictionary(uniqueKeysWithValues: passing.map { ($0, .seconds(10)) }), growthLimit: 12, jitterPercent: 0)
        for outcome in passing {
            #expect(exact.lifetime(of: outcome, repetitions: repetitions, digest: digest(1)) == Int64(seconds) * 1_000)
        }
    }

    @Test func `keeps what stays by its own lifetime, however often it comes`() {
        let exact = LifetimePolicy(
            [.document: .seconds(10), .immutable: .seconds(70)], growthLimit: 12, jitterPercent: 0)
        #expect(exact.lifetime(of: .document, repetitions: 9, digest: digest(1)) == 10_000)
        #expect(exact.lifetime(of: .immutable, repetitions: 9, digest: digest(1)) == 70_000)
        let overridden = exact.keepingDocuments(for: .seconds(5))
        #expect(overridden.lifetime(of: .document, digest: digest(1)) == 5_000)
        #expect(overridden.lifetime(of: .immutable, digest: digest(1)) == 5_000)
    }

    @Test func `holds absurd values`() {
        let absurd = LifetimePolicy(
            [.document: .seconds(Int64.max), .missing: .seconds(-5), .failure: .seconds(Int64.min)],
            growthLimit: .max, jitterPercent: 1_000)
        for token in 0..<100 {
            #expect(absurd.lifetime(of: .document, digest: digest(token)) >= 0)
            #expect(absurd.freshUntil(fetchedAt: .max, outcome: .document, digest: digest(token)) == .max)
        }
        #expect(absurd.lifetime(of: .missing, digest: digest(1)) == 0)
        #expect(absurd.lifetime(of: .failure, repetitions: .max, digest: digest(1)) == 0)
        #expect(absurd.jitterPercent == 100)
    }
}

@Suite struct FreshnessTests {
    private let policy = StalenessPolicy(staleWhileRevalidate: .seconds(10), staleIfError: .seconds(100))

    @Test(
        arguments: [
            (0, .fresh), (999, .fresh), (1_000, .staleWhileRevalidate), (10_999, .staleWhileRevalidate),
            (11_000, .staleIfError), (100_999, .staleIfError), (101_000, .expired), (Int64.max, .expired),
        ] as [(Int64, Freshness)])
    func `goes from fresh through stale to expired`(_ now: Int64, _ expected: Freshness) {
        #expect(policy.freshness(fetchedAt: 0, freshUntil: 1_000, now: now) == expected)
    }

    @Test func `expires at once when nothing stale is allowed`() {
        let strict = StalenessPolicy(staleWhileRevalidate: .zero, staleIfError: .seconds(-1))
        #expect(strict.freshness(fetchedAt: 0, freshUntil: 1_000, now: 1_000) == .expired)
    }

    @Test func `uses and refreshes an answer from the future`() {
        let fetchedAt: Int64 = 1_000_000
        let times = [fetchedAt - 60_000, fetchedAt - 60_001]
        let results = times.map { policy.freshness(fetchedAt: fetchedAt, freshUntil: fetchedAt + 1_000, now: $0) }
        #expect(results == [.fresh, .staleWhileRevalidate])
    }

    @Test func `holds the ends of time`() {
        #expect(policy.freshness(fetchedAt: .max, freshUntil: .max, now: .min) == .staleWhileRevalidate)
        #expect(policy.freshness(fetchedAt: .min, freshUntil: .min, now: .max) == .expired)
    }

    @Test func `counts age in whole seconds and never below zero`() {
        #expect(Age.seconds(fetchedAt: 1_000, now: 3_999) == 2)
        #expect(Age.seconds(fetchedAt: 5_000, now: 3_999) == 0)
        #expect(Age.seconds(fetchedAt: .min, now: .max) == 0)
        #expect(Age.seconds(fetchedAt: .max, now: .min) == 0)
    }
}
