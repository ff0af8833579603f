import Testing
import Tokens

@testable import Mintcache

@Suite struct `A request to warm` {
    private static let collection = #""chain":"ethereum","contract":"\#(sampleContract)""#

    private func request(_ body: String) throws -> WarmRequest {
        try WarmRequest(parsing: Array(body.utf8), chains: sampleChains)
    }

    private func problem(_ body: String) -> Problem? {
        #expect(throws: Problem.self) { try request(body) }
    }

    private func listed(_ body: String) throws -> [String] {
        let request = try request(body)
        return request.kind == .tokens ? request.spans.tokens.map(\.description) : []
    }

    @Test func `lists tokens as CAIP-19 texts and as objects`() throws {
        let body = """
            {"tokens":["eip155:1/erc721:\(sampleContract)/1",
              {"chain":"base","contract":"\(sampleContract)","token_id":"0x10"},
              {"chain":"eip155:8453","contract":"\(sampleContract)","token_id":7}]}
            """
        #expect(
            try listed(body) == [
                "eip155:1/\(sampleContract)/1", "eip155:8453/\(sampleContract)/16", "eip155:8453/\(sampleContract)/7",
            ])
    }

    @Test func `lists numbers of one contract, as texts and as numbers`() throws {
        #expect(
            try listed(#"{\#(Self.collection),"token_ids":["1","0xff",3]}"#) == [
                "eip155:1/\(sampleContract)/1", "eip155:1/\(sampleContract)/255", "eip155:1/\(sampleContract)/3",
            ])
    }

    @Test(arguments: [
        "9007199254740993", "18446744073709551617",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    ]) func `takes numbers digit by digit`(number: String) throws {
        #expect(
            try listed(#"{\#(Self.collection),"token_ids":[\#(number)]}"#) == ["eip155:1/\(sampleContract)/\(number)"])
        let range = try request(#"{\#(Self.collection),"from":\#(number),"to":"\#(number)"}"#)
        #expect(range.kind == .range && range.spans.tokens.map(\.token.decimal) == [number])
    }

    @Test(arguments: ["1e3", "1.0", "-1", "true", "null", "{}", "[]", "\"\"", "\"1 \"", "\"0x\"", "\"01\""])
    func `refuses numbers in another form`(number: String) {
        #expect(problem(#"{\#(Self.collection),"token_ids":[\#(number)]}"#)?.slug == "invalid-token-id")
    }

    @Test(arguments: [
        ("0", "9999", 10_000), ("5", "5", 1), ("0", "9223372036854775806", Int.max),
        ("0", "9223372036854775807", Int.max), ("18446744073709551615", "18446744073709551616", 2),
        ("340282366920938463463374607431768211455", "340282366920938463463374607431768211456", 2),
        (
            "6277101735386680763835789423207666416102355444464034512895",
            "6277101735386680763835789423207666416102355444464034512896", 2
        ),
        ("0", "115792089237316195423570985008687907853269984665640564039457584007913129639935", Int.max),
        ("0", "18446744073709551616", Int.max), ("1", "340282366920938463463374607431768211457", Int.max),
    ]) func `counts a range without spelling it out`(from: String, to: String, count: Int) throws {
        #expect(try request(#"{\#(Self.collection),"from":"\#(from)","to":"\#(to)"}"#).count == count)
    }

    @Test func `has modest defaults, and takes its own`() throws {
        let plain = try request(#"{\#(Self.collection),"token_ids":[1]}"#)
        #expect(plain.concurrency == 16 && plain.rate == 0 && !plain.isRefresh && plain.count == 1)
        let own = try request(#"{\#(Self.collection),"token_ids":[1],"concurrency":3,"rate":50,"refresh":true}"#)
        #expect(own.concurrency == 3 && own.rate == 50 && own.isRefresh)
    }

    @Test(arguments: [
        #""concurrency":0"#, #""concurrency":1025"#, #""concurrency":"4""#, #""concurrency":1.5"#,
        #""concurrency":null"#,
        #""rate":-1"#, #""rate":1000001"#, #""rate":99999999999999999999"#, #""refresh":"yes""#, #""refresh":1"#,
    ]) func `refuses options out of bounds or of another kind`(option: String) throws {
        let refusal = try #require(problem(#"{\#(Self.collection),"token_ids":[1],\#(option)}"#))
        #expect(refusal.status == 400 && refusal.slug == "invalid-request")
    }

    @Test func `lists at most a hundred thousand`() throws {
        let most = Array(repeating: "1", count: WarmRequest.maximumListed).joined(separator: ",")
        #expect(try request(#"{\#(Self.collection),"token_ids":[\#(most)]}"#).count == 100_000)
        #expect(problem(#"{\#(Self.collection),"token_ids":[\#(most),1]}"#)?.detail.contains("use from and to") == true)
    }

    @Test(arguments: [
        ("", "The body is not valid JSON"), ("{", "The body is not valid JSON"), ("[]", "must be a JSON object"),
        ("\"tokens\"", "must be a JSON object"), ("{}", "chain must be given"),
        (#"{"tokens":"x"}"#, "must be an array"),
        (#"{"tokens":[]}"#, "must hold 1 to 100000"), (#"{"chain":"ethereum"}"#, "contract must be given"),
        (#"{"chain":1}"#, "chain must be given as a string"), (#"{"tokens":[1]}"#, "A token is a CAIP-19 text"),
        (#"{"tokens":[{"chain":"base"}]}"#, "needs chain, contract and token_id"),
        (#"{"tokens":["eip155:1"]}"#, "is not a CAIP-19 token"), (#"{"token":[]}"#, "Unknown member token; known are"),
        (#"{"tokens":[],"supply":true}"#, "Give one of"),
        (#"{"chain":"base","tokens":[1]}"#, "leave out chain and contract"),
        (#"{"archive":true,"refresh":true}"#, "nothing newer"), (#"{"supply":true}"#, "chain must be given"),
        (#"{"supply":1}"#, "supply must be true or false"),
    ]) func `says what is missing`(body: String, detail: String) throws {
        let refusal = try #require(problem(body))
        #expect(refusal.status == 400)
        #expect(refusal.detail.contains(detail), "\(refusal.detail)")
    }

    @Test func `needs both ends of a range, in order`() {
        #expect(problem(#"{\#(Self.collection),"from":"1"}"#)?.detail.contains("from and to") == true)
        #expect(problem(#"{\#(Self.collection),"from":"2","to":"1"}"#)?.detail.contains("must not be greater") == true)
    }

    @Test func `names chains of the configuration only`() {
        #expect(problem(#"{"chain":"solana","contract":"x","token_ids":[1]}"#)?.slug == "unknown-chain")
        #expect(problem(#"{"tokens":["eip155:137/erc721:\#(sampleContract)/1"]}"#)?.slug == "unknown-chain")
        #expect(problem(#"{"chain":"base","contract":"0x12","token_ids":[1]}"#)?.slug == "invalid-contract")
    }

    @Test func `takes a supply, and an archive whole or in part`() throws {
        let supply = try request(#"{\#(Self.collection),"supply":true}"#)
        #expect(supply.kind == .supply && supply.count == nil && supply.summary == "eip155:1/\(sampleContract)/supply")
        let part = try request(#"{\#(Self.collection),"archive":true}"#)
        #expect(part.kind == .archive && part.collection != nil)
        let whole = try request(#"{"archive":true}"#)
        #expect(whole.kind == .archive && whole.collection == nil && whole.summary == "archive")
    }

    @Test func `takes a token in each line, and options in the query`() throws {
        let lines = """
            "eip155:1/erc721:\(sampleContract)/1"
            {"chain":"base","contract":"\(sampleContract)","token_id":"2"}\r

            """
        let request = try WarmRequest(
            lines: Array(lines.utf8), query: "concurrency=3&rate=7&refresh=true&dry_run=true", chains: sampleChains)
        #expect(
            request.spans.tokens.map(\.description) == [
                "eip155:1/\(sampleContract)/1", "eip155:8453/\(sampleContract)/2",
            ])
        #expect(request.concurrency == 3 && request.rate == 7 && request.isRefresh && request.isDryRun)
    }

    @Test(
        arguments: [
            ("", nil, "must hold 1 to"), ("{", nil, "Token 1 is not valid JSON"),
            ("1", nil, "A token is a CAIP-19 text"),
            (#""eip155:1/erc721:\#(sampleContract)/1""#, "speed=1", "Unknown parameter speed"),
            (#""eip155:1/erc721:\#(sampleContract)/1""#, "rate=-1", "rate must be from 0"),
            (#""eip155:1/erc721:\#(sampleContract)/1""#, "refresh", "refresh must be true or false"),
        ] as [(String, String?, String)]) func `says what is wrong with lines`(
            lines: String, query: String?, detail: String
        ) throws
    {
        let problem = #expect(throws: Problem.self) {
            try WarmRequest(lines: Array(lines.utf8), query: query, chains: sampleChains)
        }
        #expect(problem?.detail.contains(detail) == true, "\(problem?.detail ?? "")")
    }

    @Test func `is the same after it was stored`() throws {
        var request = try request(
            #"{\#(Self.collection),"token_ids":[1,2,3,9],"concurrency":3,"rate":7,"dry_run":true}"#)
        (request.schedule, request.retryOf) = ("a", "b")
        let stored = try #require(WarmRequest(stored: request.bytes, work: request.spans.bytes))
        #expect(stored.bytes == request.bytes && stored.spans == request.spans && stored.count == 4)
        #expect(WarmRequest(stored: Array("{}".utf8)) == nil)
        #expect(WarmRequest(stored: request.bytes, work: Array("nonsense".utf8)) == nil)
    }

    @Test func `is not answered with more than it is worth`() throws {
        let long = String(repeating: "x", count: 100_000)
        for body in [#"{"\#(long)":1}"#, #"{"chain":"\#(long)","contract":"x"}"#, #"{"tokens":["\#(long)"]}"#] {
            #expect(try #require(problem(body)).document.count < 1000)
        }
    }

    @Test func `is written by the command line as it is read here`() throws {
        var text = WarmRequestText()
        (text.chain, text.contract, text.from, text.to) = ("base", sampleContract, "0", "0xff")
        (text.concurrency, text.rate, text.isRefresh) = (2, 9, true)
        #expect(text.query == "?concurrency=2&rate=9&refresh=true")
        let request = try request(text.body)
        #expect(request.count == 256 && request.concurrency == 2 && request.rate == 9 && request.isRefresh)
    }
}
