import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// What the token object of a specimen says: the text of one member, or how it begins up to a comma; nil for null.
/// `{upstream}` stands for the base URL of the sample upstream.
private struct Shown {
    let token: UInt64
    let member: String
    let text: String?

    init(_ token: UInt64, _ member: String, _ text: String?) {
        (self.token, self.member, self.text) = (token, member, text)
    }

    init(_ token: UInt64, _ name: String?) { self.init(token, "name", name) }
}

@Suite("Of real tokens' URIs and documents", .timeLimit(.minutes(3))) struct SpecimenScenarios {
    private func check(_ rows: [Shown], _ options: Scene.Options = Scene.Options()) async throws {
        try await Scene.play(options) { scene in
            let client = try await scene.client()
            for row in rows {
                let answer = try await client.request("GET", scene.path("Specimens", row.token))
                #expect(answer.status == 200, "E-\(row.token / 100): \(row.token): \(answer.text)")
                guard answer.status == 200 else { continue }
                let text = try JSONDocument(validating: answer.body).root[row.member]?.string
                let expected = row.text?.replacing("{upstream}", with: scene.upstream.baseURL)
                let isBeginning = expected?.hasSuffix(",") == true && text?.hasPrefix(expected ?? "") == true
                #expect(
                    isBeginning || text == expected,
                    "E-\(row.token / 100): \(row.token): \(row.member) is \(text?.prefix(100) ?? "null")")
            }
            await client.close()
        }
    }

    @Test func `every specimen is accounted for here`() async throws {
        try await Scene.play { scene in
            let listing = try #require(scene.upstream.collections.first { $0.name == "Specimens" })
            let rows = Self.content + Self.inline + Self.documents + Self.fields
            let known = rows.map(\.token) + Self.unusable.map(\.token) + Self.failures + [8101]
            #expect(Set(listing.examples.map(\.token)) == Set(known))
        }
    }

    @Test func `each spelling of content leads to it`() async throws { try await check(Self.content) }

    @Test func `each spelling of inline content is read`() async throws { try await check(Self.inline) }

    @Test func `each spelling of a document is read`() async throws {
        // A megabyte takes a build without optimisation seconds.
        let patience = Scene.Options(server: ["timeouts: { request: 60s }"], upstream: ["timeout: 60s"])
        try await check(Self.documents, patience)
    }

    @Test func `each field is found where it is`() async throws { try await check(Self.fields) }

    @Test func `what is no document is told by its kind, and not asked for again soon`() async throws {
        try await Scene.play { scene in
            for row in Self.unusable {
                for _ in 0..<2 {
                    let answer = try await scene.get(scene.path("Specimens", row.token))
                    #expect(answer.status == 502, "E-\(row.token / 100): \(row.token)")
                    #expect(answer.text.contains("metadata-unusable"), "E-\(row.token / 100): \(answer.text)")
                    let detail = try JSONDocument(validating: answer.body).root["detail"]?.string ?? ""
                    #expect(detail.contains(row.word), "E-\(row.token / 100): \(row.token): \(detail)")
                    #expect(!answer.text.contains("secret"))
                }
            }
            let asked = scene.upstream.counters.totalTokenURICalls
            #expect(asked <= Self.unusable.count + 1)
        }
    }

    // A host that fails is left alone for a while: each has a scene of its own.
    @Test(arguments: failures)
    func `what may pass has failed, which says nothing about the token`(token: UInt64) async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Specimens", token))
            #expect(answer.status == 502, "E-\(token / 100): \(answer.text)")
            #expect(answer.text.contains("upstream-failed"), "E-\(token / 100): \(answer.text)")
        }
    }

    // The forms are tried until one is known to work for the collection, which other specimens would settle.
    @Test func `E-81 a host that knows the decimal number alone is found out`() async throws {
        try await check([Shown(8101, "decimal/8101")])
    }

    @Test func `E-162 a placeholder is looked at again after minutes`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Specimens", 16201))
            let answer = try await scene.get(scene.path("Specimens", 16201))
            let lifetime = answer["Cache-Status"]?.split(separator: "ttl=").last?.prefix { $0.isNumber }
            #expect(answer.status == 200)
            #expect(lifetime.flatMap { Int($0) }.map { $0 <= 400 } ?? false, "\(answer["Cache-Status"] ?? "-")")
            scene.time.advance(by: .seconds(600))
            let asked = scene.upstream.counters.totalTokenURICalls
            _ = try await scene.get(scene.path("Specimens", 16201))
            try await eventually("it is fetched anew") { scene.upstream.counters.totalTokenURICalls > asked }
        }
    }

    @Test func `E-3 a number that was never minted is answered as its contract answers`() async throws {
        try await Scene.play { scene in
            // This contract has a URI for every number, as many have that never check; so has its host a document.
            let answer = try await scene.get(scene.path("Chimera", 987_654_321))
            #expect(answer.status == 200)
            #expect(try JSONDocument(validating: answer.body).root["name"]?.string == "erc721-987654321")
        }
    }

    @Test func `E-23 a token whose metadata comes after it is found minutes later`() async throws {
        try await Scene.play { scene in
            var early = Fault(.path(prefix: "/web/lantern"))
            early.status = 404
            scene.upstream.setFault(early)
            let tooEarly = try await scene.get(scene.path("Lantern", 1))
            #expect(tooEarly.status == 502)
            scene.upstream.clearFaults()
            #expect(try await scene.get(scene.path("Lantern", 1)).status == 502)
            scene.time.advance(by: .seconds(600))
            #expect(try await scene.get(scene.path("Lantern", 1)).status == 200)
        }
    }

    @Test func `E-86 the greatest number there is reaches the contract and comes back whole`() async throws {
        let greatest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        try await Scene.play { scene in
            let answer = try await scene.get("/v1/demo/\(scene.contract("Chimera").lowercase)/\(greatest)")
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["token_id"]?.string == greatest)
            #expect(root["name"]?.string == "erc721-\(greatest)")
        }
    }
}

extension SpecimenScenarios {
    private static let padded = String(repeating: "0", count: 60)

    /// Documents that tell by their names where they were found.
    private static let content: [Shown] =
        [
            ("30", [3001, 3002]), ("31", [3101, 3102, 3103]), ("32", [3201, 3202, 3203, 3204]), ("33", [3301, 3302]),
            ("34", [3401, 3402, 3403]), ("35", [3501, 3502]), ("36", [3601, 3602, 3603]), ("37", [3701, 3702, 3703]),
            ("38", [3801]), ("ipfs/39", [3901]), ("39", [3902]), ("41", [4101]), ("42", [4201, 4202]),
            ("43", [4301, 4302]), ("44", [4401]), ("45", [4501]), ("46", [4601, 4602]), ("a%20b.json", [4701, 4702]),
            ("a%2520b.json", [4703]), ("Cat%20%231.json", [4704]), ("Who%3F.json", [4705]), ("100%25.json", [4706]),
            ("%C3%A9.json", [4707]), ("49.json", [4901, 4902]), ("50.json", [5001, 5002]), ("54", [5402]),
            ("66", [6605]), ("id/67", [6701, 6702, 6704]), ("%F0%9F%90%B1", [6703]), ("103", [10303]),
            ("id/\(padded)1f41", [8001]),
            ("id/\(padded)2009/\(padded)2009/\(padded)2009", [8201]), ("id/0x\(padded)20d1", [8401]),
            ("id/8501-en", [8501]),
        ].flatMap { name, tokens in tokens.map { Shown($0, name) } }

    private static let inline: [Shown] =
        [
            5501, 5502, 5503, 5504, 5601, 5801, 5803, 5901, 5902, 5903, 5904, 6001, 6002, 6101, 6301, 6302,
        ].map { Shown($0, "Specimen") } + [
            Shown(5701, "Specimen #57 of 99"), Shown(5802, "Specimen 100%"),
            Shown(6102, "animation_url", "data:text/html;base64,"), Shown(6103, "animation_url", "data:text/plain,"),
            Shown(6201, "image", "data:image/svg+xml;base64,"),
            Shown(6202, "image", "{upstream}/web/specimens/10501"),
        ]

    private static let documents: [Shown] =
        [
            10401, 10402, 10403, 10404, 13001, 13101, 13201, 13202, 13203, 13301, 13501, 13602, 13701, 13702, 13703,
            13801, 13901,
            13902, 13903, 14101,
        ].map { Shown($0, "Specimen") } + [
            Shown(13102, "Spécimen"), Shown(10501, "image", "{upstream}/web/specimens/10501"),
            Shown(10502, "animation_url", "{upstream}/web/specimens/10502"), Shown(10502, "image", nil),
        ]

    private static let fields: [Shown] = [
        Shown(8301, "image", "https://host.example/\(padded)206d.png"), Shown(15001, "150"), Shown(15002, "image", nil),
        Shown(15101, "Specimen #151"), Shown(15201, "image", "https://host.example/1.png"),
        Shown(15202, "image", "data:image/svg+xml;base64,"), Shown(15301, "image", "https://host.example/1.png"),
        Shown(15302, "animation_url", "https://host.example/1.mp4"), Shown(15302, "image", nil),
        Shown(15401, "Specimen"), Shown(15402, "Specimen"), Shown(15501, "Specimen"), Shown(15601, "Specimen"),
        Shown(15701, "external_url", "https://host.example/157"),
        Shown(15702, "external_url", "https://host.example/157"),
        Shown(15801, "description", "<script>alert(1)</script>"), Shown(15901, "background_color", "ffffff"),
        Shown(16001, "image", "{upstream}/ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/160%201.png"),
        Shown(16002, "image", "{upstream}/web/specimens/images/160.png"), Shown(16101, "Specimen"),
        Shown(16102, "image", "https://host.example/161.png"), Shown(16201, "Unrevealed"),
        Shown(16202, "Unrevealed"), Shown(16203, "Unrevealed"),
        Shown(16301, "image", "data:image/svg+xml;base64,"), Shown(16401, "Claim 1 ETH at https://evil.example"),
        Shown(16501, "image", "https://host.example/165.png"), Shown(16501, nil),
        Shown(16502, "animation_url", "https://host.example/165.mp3"), Shown(16502, "image", nil),
    ]

    /// With a word of what the client is told.
    private static let unusable: [(token: UInt64, word: String)] = [
        (4502, "CID"), (4708, "dot segments"), (4801, "directory"), (5201, "credentials"),
        (5202, "file"), (5203, "ftp"), (5204, "gopher"), (5205, "does not go"), (5206, "does not go"),
        (5207, "does not go"),
        (5301, "scheme"), (5302, "scheme"), (5303, "scheme"), (5401, "scheme"), (6401, "another token"),
        (6402, "another token"), (6501, "longer"), (6601, "blob"), (6602, "bzz"), (6603, "hyper"), (6604, "sia"),
        (10001, "Just a moment"), (10002, "Specimens"), (10101, "not found"), (10103, "404"), (10201, "empty"),
        (10202, "null"), (10203, "array"), (10204, "string"), (10205, "number"), (10301, "204"), (10304, "does not go"),
        (10305, "redirect"), (10901, "403"), (11001, "404"), (11002, "410"), (11003, "451"), (13401, "JSON"),
        (13601, "JSON"), (13603, "JSON"), (14001, "JSON"), (14002, "JSON"),
    ]

    private static let failures: [UInt64] = [4001, 5101, 10102, 10302, 10902, 11101, 11102, 11201, 11202]
}
