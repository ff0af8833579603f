import Foundation
import Testing

/// Long checks, run by `make drill` alone.
@Suite(
    "Drill", .timeLimit(.minutes(30)), .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["MINTCACHE_DRILL"] == "1"))
struct DrillScenarios {
    @Test func `twenty kills at random moments lose nothing that was answered`() async throws {
        try await KillRounds.run(20)
    }

    @Test func `twenty rounds of kills among three instances, with PostgreSQL coming and going, lose nothing`()
        async throws
    {
        try await DurabilityRounds.run(20)
    }

    @Test func `ten thousand tokens are warmed by two instances, of which one is killed`() async throws {
        try await WarmKill.run(tokens: 10_000, concurrency: 32)
    }
}
