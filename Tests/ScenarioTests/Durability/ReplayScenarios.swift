import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("What PostgreSQL set aside", .timeLimit(.minutes(3)), .serialized) struct ReplayScenarios {
    private static func replay(on postgres: PostgresServer) async throws -> String {
        let folder = try TemporaryDirectory()
        let file = try folder.write(
            """
            archive:
              url: "\(postgres.url)"
              migrations: "\(Repository.root)/config/migrations"
            """, to: "replay.yaml")
        let arguments = ["archive", "replay", "--config", file]
        return try await ChildProcess.run(.init(Repository.program("mintcache"), arguments))
    }

    @Test func `can be replayed: what may land now does, what was overtaken goes, the rest stays set aside`()
        async throws
    {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Scene.play(Scene.Options(redis: redis.url, archive: postgres.url)) { scene in
            try await postgres.query("ALTER TABLE nft_metadata ADD CONSTRAINT odd CHECK (token_id <> '2')")
            try await postgres.query(
                "ALTER TABLE nft_metadata ADD CONSTRAINT plain CHECK (token_id <> '3' OR metadata IS NULL)")
            let refused = try await scene.get(scene.path("Orchard", 2, "/metadata"))
            let bare = try await scene.get(scene.path("Orchard", 3, "/metadata"))
            _ = try await scene.get(scene.path("Ember", EmberCase.escapedNUL.rawValue))
            _ = try await scene.get(scene.path("Orchard", 1))
            try await eventually(within: .seconds(10), "three rows are set aside") {
                try await postgres.query("SELECT count(*) FROM nft_metadata_rejected") == "3"
            }
            try await postgres.query(
                """
                INSERT INTO nft_metadata_rejected (chain_id, contract_address, token_id, document, sqlstate, reason) \
                SELECT chain_id, contract_address, token_id, '{,}', '22P02', '' FROM nft_metadata WHERE token_id = '1'
                """)
            try await postgres.query("ALTER TABLE nft_metadata DROP CONSTRAINT odd, DROP CONSTRAINT plain")
            let words = try await Self.replay(on: postgres)
            #expect(words == "2 rows were taken, 1 dropped for newer ones, 1 refused again\n")

            #expect(try await postgres.query("SELECT sqlstate FROM nft_metadata_rejected") == "22P05")
            let row = "SELECT convert_from(document, 'UTF8'), metadata IS NULL, error IS NULL FROM nft_metadata"
            let landed = try await postgres.query(row + " WHERE token_id = '2'")
            #expect(landed == refused.text + "|f|t")
            #expect(try await postgres.query(row + " WHERE token_id = '3'") == bare.text + "|f|t")
            #expect(
                try await Self.replay(on: postgres) == "0 rows were taken, 0 dropped for newer ones, 1 refused again\n")
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `is nothing in the embedded archive`() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("archive: { url: \"sqlite:\(folder.file("a.db"))\" }\n", to: "replay.yaml")
        let command = ChildProcess.Command(
            Repository.program("mintcache"), ["archive", "replay", "--config", file], directory: Repository.root)
        #expect(try await ChildProcess.run(command).hasPrefix("0 rows were taken"))
    }
}
