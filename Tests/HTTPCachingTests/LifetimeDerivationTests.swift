import HTTPCaching
import Testing

@Suite struct `How a lifetime comes about` {
    private let policy = LifetimePolicy(
        Dictionary(uniqueKeysWithValues: LifetimePolicy.Outcome.allCases.map { ($0, .seconds(100)) }), growthLimit: 8,
        jitterPercent: 10)

    @Test(arguments: LifetimePolicy.Outcome.allCases) func `adds up to the lifetime`(_ outcome: LifetimePolicy.Outcome)
    {
        for repetitions in 0...6 {
            for digest in [0, 1, UInt64.max / 3, UInt64.max] {
                let derivation = policy.derivation(of: outcome, repetitions: repetitions, digest: digest)
                let lifetime = policy.lifetime(of: outcome, repetitions: repetitions, digest: digest)
                #expect(derivation.base == 100_000)
                #expect(derivation.grown + derivation.jitter == lifetime)
                #expect(abs(derivation.jitter) <= derivation.grown / 10)
            }
        }
    }

    @Test func `tells growth from jitter`() {
        let passing = policy.derivation(of: .malformed, repetitions: 3, digest: .max)
        #expect(passing.grown == 400_000)
        #expect(passing.jitter < 0)
        let staying = policy.derivation(of: .document, repetitions: 3, digest: .max)
        #expect(staying.grown == 100_000)
        #expect(staying.jitter > 0)
    }

    @Test func `never runs past the end of time`() {
        let derivation = policy.derivation(of: .document, digest: 0)
        #expect(derivation.freshUntil(fetchedAt: .max - 1) == .max)
    }
}
