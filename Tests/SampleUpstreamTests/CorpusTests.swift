import Foundation
import SampleUpstream
import Testing
import Tokens

@Suite("A corpus of real documents")
struct CorpusTests {
    private static let contract = "0x0000000000000000000000000000000000000abc"

    /// Runs with a folder that is removed afterwards.
    private func withFolder(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "corpus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try await body(folder.path)
    }

    /// Every entry answers its contract's question, and its URI leads to exactly its bytes.
    private func check(_ test: UpstreamUnderTest) async throws {
        for entry in test.upstream.corpus {
            let call: ContractCall =
                entry.standard == .erc1155
                ? .uri(of: entry.token, in: entry.contract) : .tokenURI(of: entry.token, in: entry.contract)
            let result = try #require(try await test.call(call)["result"]?.string, "\(entry.file)")
            let uri = try ABIString.decode(result)
            switch entry.kind {
            case .tokenURI: #expect(uri == entry.bytes, "\(entry.file)")
            case .metadata:
                let answer = await test.get(try test.path(of: String(decoding: uri, as: UTF8.self)))
                #expect(answer.status == 200 && answer.rawBody == entry.bytes, "\(entry.file)")
            }
        }
    }

    @Test("is served byte for byte under contracts and tokens of its index, or under its own")
    func ownFolder() async throws {
        let index = """
            [{"file":"a.json","kind":"metadata","contract":"\(Self.contract)","token_id":"1","standard":null},
             {"file":"b.json","kind":"metadata","contract":"\(Self.contract)","token_id":"2","standard":"ERC1155"},
             {"file":"c.json","kind":"metadata","contract":"\(Self.contract)","token_id":"1","standard":"ERC721"},
             {"file":"d.txt","kind":"token_uri","contract":null,"token_id":null},
             {"file":"e.json","kind":"metadata","contract":"KT1RJ6PbjHpwc3M5rw5s2Nbmefwbuwbdxton","token_id":"9",
              "standard":"ERC1155"}]
            """
        let files = [
            "index.json": index, "a.json": "{\"name\":\"a\"}\n", "b.json": "not json", "c.json": "",
            "d.txt": "data:,{}", "e.json": "{}",
        ]
        try await withFolder(files) { folder in
            let corpus = try Corpus(folder: folder)
            #expect(corpus.entries.count == 5)
            let own = try ContractAddress(parsing: Self.contract)
            #expect(corpus.entries.prefix(2).map(\.contract) == [own, own])
            #expect(Set(corpus.entries.map(\.contract)).count == 4)
            #expect(corpus.entries.map(\.standard) == [.erc1155, .erc1155, .erc721, .erc721, .erc1155])
            #expect(corpus.entries.map(\.token) == [1, 2, 1, 3, 9].map { TokenIdentifier($0) })
            try await UpstreamUnderTest.run(.init(corpus: corpus)) { test in
                try await check(test)
                let listed = try JSONDocument(validating: await test.get("/control/corpus").rawBody).root.elements
                #expect(listed.map { $0["file"]?.string } == ["a.json", "b.json", "c.json", "d.txt", "e.json"])
                #expect(listed.map { $0["kind"]?.string }.suffix(2) == ["token_uri", "metadata"])
            }
        }
    }

    @Test(
        "is refused when its index is unusable or names files outside the folder",
        arguments: [
            "{}", "[", "[{}]", #"[{"file":"../index.json","kind":"metadata"}]"#,
            #"[{"file":"/etc/hostname","kind":"metadata"}]"#,
            #"[{"file":"index.json","kind":"picture"}]"#, #"[{"file":"missing.json","kind":"metadata"}]"#,
        ])
    func refused(_ index: String) async throws {
        try await withFolder(["index.json": index]) { folder in
            #expect(throws: CorpusError.self) { try Corpus(folder: folder) }
        }
    }

    private static let shared = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/corpus").standardizedFileURL.path

    @Test(
        "is served byte for byte when the shared one is at hand",
        .enabled(if: hasShared, "There is no ../shared/corpus."))
    func sharedCorpus() async throws {
        let corpus = try Corpus(folder: Self.shared)
        #expect(!corpus.entries.isEmpty)
        #expect(Set(corpus.entries.map { "\($0.contract):\($0.token)" }).count == corpus.entries.count)
        try await UpstreamUnderTest.run(.init(corpus: corpus)) { test in try await check(test) }
    }

    private static var hasShared: Bool { FileManager.default.fileExists(atPath: shared + "/index.json") }
}
