import MintcacheTesting
import SampleUpstream
import Testing

@testable import Mintcache

/// The commands are those of `docs/archive.md`.
@Suite("Backups of the archive", .timeLimit(.minutes(3))) struct BackupScenarios {
    @Test func `what pg_dump took and pg_restore brought into an empty server is answered without any source`()
        async throws
    {
        let original = try await PostgresServer.start()
        let restored = try await PostgresServer.start()
        let folder = try TemporaryDirectory()
        let dump = "--file=\(folder.file("mintcache.dump"))"
        try await Scene.play(Scene.Options(archive: original.url)) { scene in
            let answers = try await answers(of: scene)
            try await eventually(within: .seconds(10), "the rows") {
                try await original.query("select count(*) from nft_metadata") == "\(answers.count)"
            }
            let row = "('0b7e8c1e-6f0a-4d53-9a43-2f6d1c0a9b11', '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf', 'ada')"
            try await original.query("insert into users (id, wallet_address, username) values \(row)")
            let tables = ["nft_metadata*", "users", "chain_positions", "metadata_updates"].map { "--table=\($0)" }
            try await run("pg_dump", ["--format=custom", "--data-only"] + tables + [dump, original.url])
            try await original.stop()

            let options = Scene.Options(archive: restored.url)
            // Its start makes the tables and the role, as `mintcache migrate` does.
            try await scene.another(options).stop()
            let database = "--dbname=\(restored.url)"
            let manner = ["--data-only", "--single-transaction", "--exit-on-error"]
            try await run("pg_restore", manner + [database, folder.file("mintcache.dump")])
            #expect(try await restored.query("select username from users") == "ada")
            try await expect(answers, of: scene, from: options)
        }
        try await restored.stop()
    }

    @Test func `a copy of the embedded archive, taken while it is written to, is answered without any source`()
        async throws
    {
        try await Scene.play { scene in
            let answers = try await answers(of: scene)
            let (file, copy) = (scene.folder.file("archive.db"), scene.folder.file("copy.db"))
            try await eventually(within: .seconds(10), "the rows") {
                try await run("sqlite3", [file, "select count(*) from nft_metadata"]) == "\(answers.count)\n"
            }
            try await run("sqlite3", [file, "VACUUM INTO '\(copy)'"])
            await scene.proxy.stop()
            try await expect(answers, of: scene, from: Scene.Options(archive: "sqlite:\(copy)"))
        }
    }

    // MARK: Steps

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) async throws -> String {
        let package = program == "sqlite3" ? "sqlite3" : "postgresql-client"
        return try await ChildProcess.run(ChildProcess.Command(Executable.find(program, package: package), arguments))
    }

    /// What is answered for some tokens, by their paths: one on IPFS, one on chain, one of the web.
    private func answers(of scene: Scene) async throws -> [String: HTTPAnswer] {
        var answers: [String: HTTPAnswer] = [:]
        for (collection, token) in [("Orchard", 1), ("Inkwell", 0), ("Bazaar", 1)] as [(String, UInt64)] {
            let path = scene.path(collection, token, "/metadata")
            answers[path] = try await scene.get(path)
        }
        return answers
    }

    private func expect(_ answers: [String: HTTPAnswer], of scene: Scene, from options: Scene.Options) async throws {
        var gone = Fault(.everything)
        gone.ending = .reset(afterBodyBytes: nil)
        scene.upstream.setFault(gone)
        let proxy = try await scene.another(options)
        for (path, before) in answers {
            #expect(before.status == 200)
            let after = try await scene.get(path, from: proxy)
            #expect(after["Cache-Status"]?.hasSuffix("detail=archive") == true)
            #expect(after.body == before.body)
            #expect(after["ETag"] == before["ETag"])
        }
        await proxy.stop()
    }
}
