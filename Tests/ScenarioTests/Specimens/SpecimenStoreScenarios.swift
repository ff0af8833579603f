import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Specimens in PostgreSQL", .timeLimit(.minutes(2))) struct SpecimenStoreScenarios {
    @Test func `E-171 a text that only looks like a NUL character is archived as the text it is`() async throws {
        let postgres = try await PostgresServer.start()
        try await Scene.play(Scene.Options(archive: postgres.url)) { scene in
            let answer = try await scene.get(scene.path("Specimens", 13703, "/metadata"))
            #expect(answer.text == #"{"name":"Specimen","note":"\\u0000"}"#)
            try await eventually(within: .seconds(10), "the text is in the archive") {
                try await postgres.query("select metadata->>'note' from nft_metadata") == #"\u0000"#
            }
            #expect(try await postgres.query("select count(*) from nft_metadata_rejected") == "0")
        }
        try await postgres.stop()
    }
}
