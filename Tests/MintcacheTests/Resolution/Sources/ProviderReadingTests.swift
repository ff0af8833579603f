import Testing
import Tokens

@testable import Mintcache

@Suite struct `The answer of a provider` {
    private static func provider(
        document: String? = "/raw", tokenURI: String? = "/uri", standard: String? = "/kind", summary: String? = nil,
        rules: [AnswerRule] = [], secrets: [String] = []
    ) throws -> Configuration.Provider {
        Configuration.Provider(
            url: try URLTemplate("https://x.example/{token_id}"), headers: [], chains: [:],
            document: document.flatMap { JSONPointer($0) }, tokenURI: tokenURI.flatMap { JSONPointer($0) },
            standard: standard.flatMap { JSONPointer($0) }, summary: summary.flatMap { JSONPointer($0) }, rules: rules,
            fetchesTokenURI: true, budget: [], secrets: secrets)
    }

    private static func findings(
        _ body: String, status: Int = 200, by provider: Configuration.Provider
    ) throws -> ProviderReading.Findings {
        let reading = ProviderReading(status: status, body: Array(body.utf8), by: provider)
        guard case .findings(let findings) = reading else { throw Unexpected(reading: reading) }
        return findings
    }

    private struct Unexpected: Error {
        let reading: ProviderReading
    }

    private static func bytes(_ found: FetchedDocument?) -> String? {
        guard case .document(let document) = found else { return nil }
        return text(document.bytes)
    }

    private static func verdict(_ status: Int, _ body: String = "", rules: [AnswerRule] = []) throws -> String {
        switch ProviderReading(status: status, body: Array(body.utf8), by: try provider(rules: rules)) {
        case .findings: "findings"
        case .verdict(let meaning): meaning.rawValue
        case .failure(let failure): failure.label
        }
    }

    @Test func `holds the document's exact bytes: numbers, order and duplicates`() throws {
        let document = #"{"name":"A",  "n":1.50, "big":123456789012345678901234567890,"name":"B"}"#
        let found = try Self.findings(
            #"{"uri":"ipfs://x","raw":\#(document),"kind":"ERC-1155"}"#, by: Self.provider())
        #expect(Self.bytes(found.document) == document)
        #expect(found.tokenURI == "ipfs://x" && found.standard == .erc1155)
    }

    @Test func `E-138 E-139 holds the document as a text of JSON, deep inside`() throws {
        let body = #"{"data":[{"metadata":"{\"name\":\"\\u00e9\", \"n\":1.0}"}]}"#
        let found = try Self.findings(body, by: Self.provider(document: "/data/0/metadata"))
        #expect(Self.bytes(found.document) == #"{"name":"\u00e9", "n":1.0}"#)
    }

    @Test(arguments: ["null", "\"\"", "{}", "[]", "false"]) func `may hold nothing where a document could be`(
        value: String
    ) throws {
        let found = try Self.findings(#"{"raw":\#(value),"uri":"\#("ipfs://x")"}"#, by: Self.provider())
        #expect(found.document == nil && found.tokenURI == "ipfs://x")
    }

    @Test(arguments: [
        #"[1]"#, #""not json""#, #"7"#, #""[1]""#, #"{"error":"gone"}"#,
    ]) func `may hold what is no metadata`(value: String) throws {
        let found = try Self.findings(#"{"raw":\#(value)}"#, by: Self.provider())
        guard case .unusable(let unusable) = found.document else { throw Unexpected(reading: .failure(.notJSON)) }
        #expect(unusable.kind == .malformed)
    }

    @Test func `may be the document itself`() throws {
        let whole = try Self.provider(document: "")
        #expect(Self.bytes(try Self.findings(#" {"name":"A"} "#, by: whole).document) == #"{"name":"A"}"#)
        guard case .unusable = try Self.findings("<html>", by: whole).document else {
            throw Unexpected(reading: .failure(.notJSON))
        }
    }

    @Test func `holds the provider's own description for want of a document`() throws {
        let found = try Self.findings(
            #"{"nft":{"name":"A","image_url":"https://i.example/1"}}"#, by: Self.provider(summary: "/nft"))
        #expect(found.document == nil)
        #expect(found.summary.map { text($0.bytes) } == #"{"name":"A","image_url":"https://i.example/1"}"#)
        #expect(try Self.findings(#"{"nft":{"message":"no"}}"#, by: Self.provider(summary: "/nft")).summary == nil)
    }

    @Test(arguments: [
        ("ERC721", TokenStandard.erc721), ("erc1155", .erc1155), ("ERC-721", .erc721), ("NOT_A_CONTRACT", nil),
    ]) func `names the standard in many ways`(text: String, standard: TokenStandard?) throws {
        #expect(try Self.findings(#"{"kind":"\#(text)"}"#, by: Self.provider()).standard == standard)
    }

    @Test(arguments: [
        (404, "missing"), (410, "missing"), (451, "refused"), (400, "status-400"), (401, "status-401"),
        (429, "status-429"), (500, "status-500"), (599, "status-599"), (301, "status-301"), (200, "not-json"),
        (204, "not-json"),
    ]) func `means what its status says when no rule does`(status: Int, meaning: String) throws {
        #expect(try Self.verdict(status) == meaning)
    }

    @Test func `means what the first rule says that matches`() throws {
        let rules = [
            AnswerRule(status: 404, pointer: JSONPointer("/code"), equals: "WAIT", means: .retry),
            AnswerRule(status: 500, means: .malformed), AnswerRule(pointer: JSONPointer("/error"), means: .refused),
        ]
        #expect(try Self.verdict(404, #"{"code":"WAIT"}"#, rules: rules) == "retry")
        #expect(try Self.verdict(404, #"{"code":"GONE"}"#, rules: rules) == "missing")
        #expect(try Self.verdict(500, "oops", rules: rules) == "malformed")
        #expect(try Self.verdict(200, #"{"error":"x","raw":{"name":"A"}}"#, rules: rules) == "refused")
        #expect(try Self.verdict(200, #"{"error":null,"raw":{"name":"A"}}"#, rules: rules) == "findings")
    }

    @Test(arguments: [#"{"raw":{"name":"my-secret-key"}}"#, #"{"note":"my-secret-key","raw":{"name":"A"}}"#])
    func `that repeats a secret is thrown away`(body: String) throws {
        let reading = ProviderReading(
            status: 200, body: Array(body.utf8), by: try Self.provider(secrets: ["my-secret-key"]))
        guard case .failure(.holdsSecret) = reading else { throw Unexpected(reading: reading) }
    }

    @Test func `of Alchemy tells errors that may pass from those for good`() throws {
        let defaults = ReadyProvider.alchemy.defaults
        func meaning(_ error: String) throws -> String {
            try Self.verdict(200, #"{"raw":{"tokenUri":null,"metadata":{},"error":\#(error)}}"#, rules: defaults.rules)
        }
        #expect(try meaning(#""Token does not exist""#) == "missing")
        #expect(try meaning(#""Contract does not exist""#) == "missing")
        #expect(try meaning(#""Malformed token uri, do not retry""#) == "malformed")
        for error in [
            "Throttled token uri", "IPFS gateway timed out", "Internal service error", "Failed to get token uri",
            "Token uri responded with a non 200 response code",
        ] {
            #expect(try meaning("\"\(error)\"") == "retry")
        }
        #expect(try meaning("null") == "findings")
    }
}
