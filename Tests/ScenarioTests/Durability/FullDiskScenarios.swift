import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite(
    "A disk of PostgreSQL's that is full", .timeLimit(.minutes(2)),
    .enabled(if: SmallDisk.isPossible, "a file system cannot be mounted here"))
struct FullDiskScenarios {
    @Test func `is not noticed by who asks, and loses nothing: all rows land when there is room again`() async throws {
        let disk = try SmallDisk(bytes: 16 << 20)
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        let place = try postgres.folder(in: disk)
        try await Scene.play(Scene.Options(redis: redis.url, archive: postgres.url)) { scene in
            try await postgres.query("CREATE TABLESPACE small LOCATION '\(place)'")
            try await postgres.query("ALTER TABLE nft_metadata SET TABLESPACE small")
            #expect(try await scene.get(scene.path("Orchard", 0)).status == 200)
            try await eventually("the first row") { try await Self.rows(in: postgres) == 1 }

            try disk.fill()
            for token in UInt64(1)...100 { #expect(try await scene.get(scene.path("Orchard", token)).status == 200) }
            try await eventually("PostgreSQL says so") { postgres.log.contains("No space left on device") }
            for token in UInt64(0)...100 { #expect(try await scene.get(scene.path("Orchard", token)).status == 200) }
            #expect(scene.upstream.counters.totalTokenURICalls == 101)
            #expect(try await redis.command("XLEN", "mintcache:outbox") != "0")

            disk.makeRoom()
            try await eventually("the rest of the rows") { try await Self.rows(in: postgres) == 101 }
            try await eventually("an empty outbox") { try await redis.command("XLEN", "mintcache:outbox") == "0" }
            #expect(try await postgres.query("SELECT count(*) FROM nft_metadata_rejected") == "0")
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("\nmintcache_dropped_rows_total 0\n"))
            #expect(metrics.contains("\nmintcache_dropped_outbox_rows_total 0\n"))
        }
        try await redis.stop()
        try await postgres.stop()
    }

    private static func rows(in postgres: PostgresServer) async throws -> Int? {
        Int(try await postgres.query("SELECT count(*) FROM nft_metadata"))
    }
}
