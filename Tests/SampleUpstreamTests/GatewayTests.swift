import SampleUpstream
import Testing
import Tokens

@Suite("The gateways and the web host")
struct GatewayTests {
    @Test("/ipfs answers files for ever, and revalidates and heads them")
    func files() async throws {
        try await UpstreamUnderTest.run { test in
            let path = try test.path(of: try await test.tokenURI("Orchard", 1))
            let answer = await test.get(path)
            #expect(answer["Cache-Control"] == "public, max-age=29030400, immutable")
            #expect(answer["X-Ipfs-Path"] == path)
            let tag = try #require(answer["ETag"])
            #expect(CID(tag.dropFirst().dropLast()) != nil)
            let copy = await test.get(path, fields: ["If-None-Match: \"x\", W/\(tag)"])
            #expect(copy.status == 304)
            #expect(copy.rawBody.isEmpty)
            let head = await test.send("HEAD", path)
            #expect(head.status == 200)
            #expect(head["Content-Length"] == "\(answer.rawBody.count)")
            #expect(head.rawBody.isEmpty)
        }
    }

    @Test("/ipfs finds content however its CID is written")
    func spellings() async throws {
        try await UpstreamUnderTest.run { test in
            let path = try test.path(of: try await test.tokenURI("Orchard", 1))
            let parts = path.split(separator: "/")
            let upper = await test.get("/ipfs/\(parts[1].uppercased())/1")
            #expect(upper.status == 200)
            #expect(await test.get(path).rawBody == upper.rawBody)
        }
    }

    @Test("/ipfs answers a directory with an HTML page at 200")
    func directory() async throws {
        try await UpstreamUnderTest.run { test in
            let path = try test.path(of: try await test.tokenURI("Orchard", 1)).dropLast(2)
            for spelling in [String(path), path + "/"] {
                let answer = await test.get(spelling)
                #expect(answer.status == 200)
                #expect(answer["Content-Type"] == "text/html; charset=utf-8")
                #expect(answer["ETag"]?.hasPrefix("\"DirIndex-") == true)
            }
        }
    }

    @Test(
        "/ipfs refuses what is no CID, and does not find what it does not have",
        arguments: [
            ("/ipfs/", 400), ("/ipfs/notacid/1", 400),
            ("/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", 404),
            ("/nothing", 404), ("/web/ember/9999", 404), ("/", 404),
        ])
    func missing(_ path: String, _ status: Int) async throws {
        try await UpstreamUnderTest.run { test in
            #expect(await test.get(path).status == status)
            #expect(await test.send("DELETE", path).status == 405)
        }
    }

    @Test(
        "/ipfs does not find tokens that do not exist or are spelt differently",
        arguments: [
            "10000", "01", "+1", "1.json", "1/", "-1",
        ])
    func strictNames(_ name: String) async throws {
        try await UpstreamUnderTest.run { test in
            let directory = try test.path(of: try await test.tokenURI("Orchard", 1)).dropLast(1)
            #expect(await test.get(directory + name).status == 404)
        }
    }

    @Test("Arweave transactions are found below the root and below /ar")
    func arweave() async throws {
        try await UpstreamUnderTest.run { test in
            let path = try test.path(of: try await test.tokenURI("Driftwood", 2))
            let answer = await test.get(path)
            #expect(answer.status == 200)
            #expect(await test.get("/ar" + path).rawBody == answer.rawBody)
            #expect(test.upstream.counters.arweaveRequests == 2)
        }
    }

    @Test("Arweave's sandbox is a redirect away when it is on")
    func sandbox() async throws {
        try await UpstreamUnderTest.run(.init(usesArweaveSandbox: true)) { test in
            let path = try test.path(of: try await test.tokenURI("Driftwood", 2))
            let answer = await test.get(path)
            #expect(answer.status == 302)
            let location = try #require(answer["Location"])
            #expect(location.hasSuffix(path))
            let target = await test.get(location)
            #expect(target.status == 200)
            #expect(try JSONDocument(validating: target.rawBody).root["name"]?.string == "Driftwood #2")
        }
    }

    @Test("/liar, /lister and /withholder are gateways that do not do as they should")
    func tempers() async throws {
        try await UpstreamUnderTest.run { test in
            let notice = SampleUpstream.notice
            let truth = await test.get(notice.path)
            #expect(truth.rawBody == Array(notice.text.utf8))
            let lie = await test.get("/liar" + notice.path)
            #expect(lie.status == 200 && lie.rawBody != truth.rawBody && lie["ETag"] == truth["ETag"])
            #expect(await test.get("/liar/ipfs/notacid").status == 400)
            let listing = await test.get("/lister" + notice.path)
            #expect(listing.status == 200 && listing["ETag"]?.hasPrefix("\"DirIndex-") == true)
            #expect(await test.get("/withholder" + notice.path).status == 451)
        }
    }
}
