import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Real documents", .timeLimit(.minutes(5))) struct CorpusScenarios {
    static let folder = "\(Repository.root)/../shared/corpus"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: folder)))
    func `come back byte for byte, and are in PostgreSQL within a second`() async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        var options = Scene.Options(redis: redis.url, archive: postgres.url)
        options.corpus = try Corpus(folder: Self.folder)
        try await Scene.play(options) { scene in
            var served = 0
            let client = try await scene.client()
            for entry in scene.upstream.corpus {
                let target = "/v1/demo/\(entry.contract.lowercase)/\(entry.token.decimal)/metadata"
                let answer = try await client.request("GET", target)
                #expect([200, 502].contains(answer.status), "\(entry.file): \(answer.status)")
                guard answer.status == 200 else { continue }
                served += 1
                if entry.kind == .metadata { #expect(answer.body == entry.bytes, "\(entry.file)") }
            }
            #expect(served >= 265)
            try await eventually(within: .seconds(2), "\(served) rows are in PostgreSQL") {
                try await postgres.query("select count(*) from nft_metadata") == String(served)
            }
        }
        try await redis.stop()
        try await postgres.stop()
    }
}
