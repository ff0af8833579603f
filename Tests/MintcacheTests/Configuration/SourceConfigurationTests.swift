import Testing
import Tokens

@testable import Mintcache

private let chains = """
    chains:
      ethereum: { id: 1, rpc: ["https://a.example"] }
      base: { id: 8453, rpc: ["https://b.example"] }

    """

private func sources(_ yaml: String, _ environment: [String: String] = [:]) throws -> [Configuration.Source] {
    try configuration(chains + "sources:\n" + yaml, environment).configuration.sources
}

private func provider(_ yaml: String, _ environment: [String: String] = [:]) throws -> Configuration.Provider {
    let source = try #require(try sources("  - " + yaml, environment).first)
    guard case .provider(let provider) = source.kind else { throw NotAProvider() }
    return provider
}

private struct NotAProvider: Error {}

@Suite struct `Sources in the configuration` {
    @Test func `are the contract alone when nothing is said`() throws {
        #expect(try configuration("").configuration.sources.map(\.name) == ["onchain"])
        #expect(try configuration("sources:\n").configuration.sources.map(\.name) == ["onchain"])
    }

    @Test func `keep their order`() throws {
        let names = try sources(
            """
              - archive
              - { provider: alchemy, key: abc }
              - { name: onchain, timeout: 4s, collections_only: true }
              - { provider: alchemy, name: other, key: def }
            """)
        #expect(names.map(\.name) == ["archive", "alchemy", "onchain", "other"])
        #expect(names.map(\.timeout) == [nil, .seconds(5), .seconds(4), .seconds(5)])
        #expect(names.map(\.isForCollectionsOnly) == [false, false, true, false])
    }

    @Test func `a ready provider stands for what it would take to describe it`() throws {
        let alchemy = try provider(#"{ provider: alchemy, key: "${KEY}" }"#, ["KEY": "my-key"])
        #expect(
            alchemy.url.url(of: try reference(7), chain: alchemy.chains["ethereum"] ?? "")
                == "https://eth-mainnet.g.alchemy.com/nft/v3/my-key/getNFTMetadata"
                + "?contractAddress=\(sampleContract)&tokenId=7&refreshCache=false")
        #expect(alchemy.chains == ["ethereum": "eth-mainnet", "base": "base-mainnet"])
        #expect(alchemy.document?.text == "/raw/metadata" && alchemy.tokenURI?.text == "/raw/tokenUri")
        let opensea = try provider(#"{ provider: opensea, key: "my-key", headers: { x-app: a } }"#)
        #expect(opensea.headers.map { "\($0.name)=\($0.value)" } == ["x-api-key=my-key", "x-app=a"])
        #expect(opensea.document == nil && opensea.summary?.text == "/nft")
        let moralis = try provider(#"{ provider: moralis, key: "my-key" }"#)
        #expect(moralis.chains == ["ethereum": "0x1", "base": "0x2105"])
    }

    @Test func `what is given beside a ready provider takes the place of what it stands for`() throws {
        let alchemy = try provider(
            #"""
            { provider: alchemy, key: k, url: "https://{chain}.mine.example/{key}/{token_id}", chains: { base: b },
                document: /doc, errors: [{ status: 418, means: refused }], fetch_token_uri: false, budget: 5/m }
            """#)
        #expect(alchemy.url.url(of: try reference(7), chain: "b") == "https://b.mine.example/k/7")
        #expect(alchemy.chains == ["base": "b"])
        #expect(alchemy.document?.text == "/doc" && !alchemy.fetchesTokenURI)
        #expect(alchemy.rules == [AnswerRule(status: 418, means: .refused)])
        #expect(alchemy.budget.map(\.description) == ["5/m"])
    }

    @Test func `a provider is described whole`() throws {
        let own = try provider(
            #"""
            { name: mine, key: secret-key, url: "https://x.example/{chain_id}/{contract_checksummed}/{token_id_hex}/{id}",
                headers: { Authorization: "Bearer {key}" }, document: "", token_uri: /uri, standard: /kind, summary: /view,
                timeout: 250ms, budget: [10/s, 600/h],
                errors: [{ pointer: /error/code, equals: 7, means: missing }, { pointer: /busy, means: retry }] }
            """#)
        let contract = try ContractAddress(parsing: sampleContract).checksummed
        let padded = String(repeating: "0", count: 62) + "ff"
        #expect(own.url.url(of: try reference(255), chain: "") == "https://x.example/1/\(contract)/0xff/\(padded)")
        #expect(own.headers.map { "\($0.name)=\($0.value)" } == ["Authorization=Bearer secret-key"])
        #expect(own.chains == ["ethereum": "", "base": ""])
        #expect(
            [own.document, own.tokenURI, own.standard, own.summary].map { $0?.text } == ["", "/uri", "/kind", "/view"])
        #expect(own.budget.map(\.description) == ["10/s", "600/h"])
        #expect(
            own.rules == [
                AnswerRule(pointer: JSONPointer("/error/code"), equals: "7", means: .missing),
                AnswerRule(pointer: JSONPointer("/busy"), means: .retry),
            ])
        #expect(own.secrets == ["secret-key"])
    }

    @Test func `keys and paths are not shown`() throws {
        let yaml =
            chains + #"""
                sources:
                  - { provider: alchemy, key: "${KEY}" }
                  - { name: mine, url: "https://x.example/${KEY}/{chain_id}/{token_id}", headers: { X-Key: "${KEY}" }, document: "" }
                """#
        let effective = try configuration(yaml, ["KEY": "very-secret"]).effective
        #expect(!effective.contains("very-secret"))
        #expect(effective.contains(#"sources: ["alchemy", "mine"]"#))
        #expect(effective.contains(#"url: "https://{chain}.g.alchemy.com/********""#))
        #expect(effective.contains(#"url: "https://x.example/********""#))
    }
}

@Suite struct `Problems of sources` {
    private static func found(_ source: String, _ environment: [String: String] = [:]) -> [String] {
        problems(chains + "sources:\n  - " + source + "\n", environment).map { problem in
            String(problem.split(separator: " ", maxSplits: 1).last ?? "")
        }
    }

    @Test(arguments: [
        ("alchemy", "sources[0]: must be onchain, archive, or a mapping that describes a provider"),
        ("{ provider: infura, key: k }", "sources[0].provider: must be one of: alchemy, opensea, moralis"),
        ("{ provider: alchemy }", "sources[0].key: is needed: the key that the provider gave you"),
        ("{ provider: alchemy, key: a/b }", "sources[0].key: holds characters that cannot stand in a URL"),
        ("{ provider: opensea, key: \"a\\nb\" }", "sources[0].key: holds a control character"),
        (
            "{ provider: alchemy, key: k, name: Mine }",
            "sources[0].name: must be lower-case letters, digits and hyphens"
        ),
        (
            "{ provider: alchemy, key: k, name: archive }",
            "sources[0].name: is a source of its own and no name for a provider"
        ),
        ("{ provider: alchemy, key: k, chains: { solana: s } }", "sources[0].chains.solana: is no chain of this file"),
        (
            "{ provider: alchemy, key: k, chains: { base: a/b } }",
            "sources[0].chains.base: holds characters that cannot stand in a URL"
        ),
        ("{ provider: alchemy, key: k, timeout: 0s }", "sources[0].timeout: must be longer than 0s"),
        (
            "{ provider: alchemy, key: k, budget: 10 }",
            "sources[0].budget: \"10\" is not a number of requests per time, such as 10/s, 60/m or 5000/d"
        ),
        (
            "{ provider: alchemy, key: k, document: raw }",
            "sources[0].document: must be a JSON pointer (RFC 6901): empty for the whole answer, or beginning with /"
        ),
        (
            "{ provider: alchemy, key: k, headers: { Host: a } }",
            "sources[0].headers.Host: frames or routes the message, which is the proxy's to do"
        ),
    ]) func `of a ready provider`(source: String, problem: String) {
        #expect(Self.found(source) == [problem])
    }

    private static let url = #"url: "https://x.example/{chain_id}/{token_id}""#

    @Test(arguments: [
        (
            "{ \(url), document: \"\" }",
            "sources[0].name: is needed: what attempts, statistics and collections call the source"
        ),
        (
            "{ name: a, document: \"\", chains: { base: b } }",
            "sources[0].url: is needed: the URL of one token, with {contract} and {token_id} in it"
        ),
        (
            "{ name: a, \(url) }",
            "sources[0].document: is needed, or token_uri, or summary: where the answer has the metadata"
        ),
        (
            "{ name: a, \(url), token_uri: /u, fetch_token_uri: false }",
            "sources[0].document: is needed, or token_uri, or summary: where the answer has the metadata"
        ),
        (
            "{ name: a, url: \"https://x.example/{token_id}\", document: \"\" }",
            "sources[0].chains: is needed: which of this file's chains the provider serves"
        ),
        (
            "{ name: a, url: \"https://{chain}.example/{token_id}\", document: \"\" }",
            "sources[0].chains: is needed: what the provider calls each chain, for {chain} in url"
        ),
        (
            "{ name: a, url: \"https://u:p@x.example/{chain_id}\", document: \"\" }",
            "sources[0].url: must be an http:// or https:// URL, without user information: put credentials into headers"
        ),
        ("{ name: a, url: \"https://x.example/{chain_id\", document: \"\" }", "sources[0].url: has a { without a }"),
        (
            "{ name: a, \(url), document: \"\", errors: [{ means: missing }] }",
            "sources[0].errors[0]: needs a status or a pointer to go by"
        ),
        (
            "{ name: a, \(url), document: \"\", errors: [{ status: 400 }] }",
            "sources[0].errors[0].means: is needed: missing, malformed, refused or retry"
        ),
        (
            "{ name: a, \(url), document: \"\", errors: [{ status: 400, contains: x, means: retry }] }",
            "sources[0].errors[0].pointer: is needed with equals and contains: where to look"
        ),
        (
            "{ name: a, \(url), document: \"\", errors: [{ status: 4, means: never }] }",
            "sources[0].errors[0].status: must be a whole number from 100 to 599"
        ),
    ]) func `of one that is described`(source: String, problem: String) {
        #expect(Self.found(source).first == problem)
    }

    @Test func `an unknown place in a URL is named with the known ones, unless it may be a secret`() {
        let misspelt = Self.found(#"{ name: a, url: "https://x.example/{tokenid}", document: "" }"#)
        #expect(
            misspelt.first?.hasPrefix("sources[0].url: has the unknown place {tokenid}; known are {key}, {chain}")
                == true)
        let secret = Self.found(#"{ name: a, url: "https://x.example/${KEY}", document: "" }"#, ["KEY": "a{B7c}d"])
        #expect(secret.first?.contains("B7c") == false)
    }

    @Test func `a name stands for one source`() {
        let found = problems(chains + "sources:\n  - onchain\n  - onchain\n")
        #expect(found == ["m.yaml:6:5: sources[1]: is another source's name: give one of them a name of its own"])
        let twice = chains + "sources:\n  - { provider: alchemy, key: a }\n  - { provider: alchemy, key: b }\n"
        #expect(problems(twice).count == 1)
    }

    @Test func `an empty list asks nobody`() {
        #expect(problems("sources: []\n") == ["m.yaml:1:10: sources: needs at least one source"])
        #expect(problems("sources: onchain\n") == ["m.yaml:1:10: sources: must be a list"])
    }

    @Test func `a ready provider that knows no chain of the file is told the names`() {
        let yaml = """
            chains: { own: { id: 424242, rpc: ["https://a.example"] } }
            sources: [{ provider: alchemy, key: k }]
            """
        #expect(
            problems(yaml) == [
                "m.yaml:2:11: sources[0].chains: is needed: none of this file's chains is known to be served"
            ])
    }

    @Test func `unknown keys are named with the known ones`() {
        let found = Self.found("{ provider: alchemy, key: k, documents: /x }")
        #expect(found.first?.hasPrefix("sources[0].documents: unknown key; known here: budget, chains, ") == true)
        #expect(Self.found("{ name: onchain, budget: 1/s }").first?.contains("known here: ") == true)
    }
}

@Suite struct `Collections in the configuration` {
    private static func file(_ keys: String) -> String {
        chains + """
            sources: [onchain, { provider: alchemy, key: k, chains: { ethereum: e } }]
            collections:
              - { chain: ethereum, contract: "\(sampleContract)", \(keys) }

            """
    }

    private static func read(_ keys: String) throws -> Configuration.Collection {
        try #require(try configuration(file(keys)).configuration.collections.first)
    }

    @Test func `name one source or several, built-in ones though the file does not have them`() throws {
        #expect(try Self.read("source: alchemy").sources == ["alchemy"])
        #expect(try Self.read("source: [archive, alchemy]").sources == ["archive", "alchemy"])
        #expect(try Self.read("ttl: 5m").sources.isEmpty)
    }

    @Test func `name a gateway, with fields or without`() throws {
        let plain = try Self.read(#"gateway: "https://g.example""#).gateway
        #expect(plain?.url == "https://g.example" && plain?.headers.isEmpty == true)
        let full = try Self.read(#"gateway: { url: "https://g.example/secret", headers: { X-Key: k } }"#).gateway
        #expect(full?.headers.map(\.value) == ["k"])
        let yaml = Self.file(#"gateway: { url: "https://g.example/secret", headers: { X-Key: hidden } }"#)
        let effective = try configuration(yaml).effective
        #expect(effective.contains(#"gateway: "https://g.example/********""#))
        #expect(!effective.contains("hidden"))
    }

    @Test(arguments: [
        ("source: opensea", "collections[0].source: \"opensea\" is no source of this file"),
        ("source: [onchain, onchain]", "collections[0].source: \"onchain\" is given twice"),
        ("gateway: ftp://g.example", "collections[0].gateway: each endpoint must be an http:// or https:// URL"),
    ]) func `must be right`(keys: String, problem: String) {
        #expect(problems(Self.file(keys)).map { $0.drop { $0 != " " }.dropFirst() } == [problem[...]])
    }

    @Test func `name no source that does not serve their chain`() {
        let yaml = Self.file("source: alchemy").replacing("chain: ethereum, contract", with: "chain: base, contract")
        #expect(problems(yaml).first?.hasSuffix("\"alchemy\" does not serve the chain base") == true)
    }

    @Test func `are one for each contract`() {
        let entry = "  - { chain: ethereum, contract: \"\(sampleContract.uppercased().replacing("X", with: "x"))\" }\n"
        let found = problems(Self.file("ttl: 5m") + entry)
        #expect(
            found.first?.hasSuffix("collections[1]: is another entry's contract: put everything about it into one")
                == true)
    }
}
