import SampleUpstream
import Testing
import Tokens

@Suite("The broken collection")
struct EmberTests {
    private func answer(_ test: UpstreamUnderTest, _ ember: EmberCase) async throws -> RawClient.Answer {
        let uri = try await test.tokenURI("Ember", ember.rawValue)
        #expect(uri == "\(test.upstream.baseURL)/web/ember/\(ember.rawValue)")
        return await test.get("/web/ember/\(ember.rawValue)")
    }

    private func call(_ test: UpstreamUnderTest, _ ember: EmberCase) async throws -> JSONValue {
        try await test.call(.tokenURI(of: TokenIdentifier(ember.rawValue), in: try test.contract(of: "Ember")))
    }

    @Test("reverts, with and without words, and returns what the ABI does not allow")
    func contract() async throws {
        try await UpstreamUnderTest.run { test in
            let nonexistent = try await call(test, .nonexistent)
            #expect(nonexistent["error"]?["data"]?.string?.hasPrefix("0x7e273289") == true)
            let refused = try await call(test, .revertWithReason)
            #expect(refused["error"]?["code"]?.integer == 3)
            #expect(refused["error"]?["message"]?.string == "execution reverted: Ember: burnt out")
            #expect(refused["error"]?["data"]?.string?.hasPrefix("0x08c379a0") == true)
            #expect(try await call(test, .emptyReturnData)["result"]?.string == "0x")
            let beyond = try #require(try await call(test, .offsetBeyondReturnData)["result"]?.string)
            #expect(throws: ABIString.Malformed.self) { try ABIString.decode(beyond) }
            #expect(try await test.tokenURI("Ember", EmberCase.emptyURI.rawValue) == "")
            #expect(try await test.tokenURI("Ember", EmberCase.unknownScheme.rawValue).hasPrefix("gopher:"))
            #expect(
                try await test.tokenURI("Ember", EmberCase.privateAddress.rawValue).hasPrefix("http://127.0.0.1:1/"))
        }
    }

    @Test("has a host that fails, redirects in circles and asks to be left alone")
    func host() async throws {
        try await UpstreamUnderTest.run { test in
            #expect(try await answer(test, .notFound).status == 404)
            #expect(try await answer(test, .serverError).status == 500)
            let busy = try await answer(test, .tooManyRequests)
            #expect(busy.status == 429)
            #expect(busy["Retry-After"] == "30")
            let loop = try await answer(test, .redirectLoop)
            #expect(loop.status == 302)
            #expect(loop["Location"] == "\(test.upstream.baseURL)/web/ember/loop")
            #expect(await test.get("/web/ember/loop")["Location"] == "\(test.upstream.baseURL)/web/ember/9")
            #expect(try await answer(test, .redirectToPrivateAddress)["Location"] == "http://127.0.0.1:1/latest")
            #expect(try await answer(test, .redirectToGood)["Location"] == "\(test.upstream.baseURL)/web/ember/good")
            #expect(try await answer(test, .htmlPage)["Content-Type"] == "text/html; charset=utf-8")
            #expect(try await answer(test, .oversized).rawBody.count > 12 << 20)
            #expect(try await answer(test, .emptyBody).rawBody.isEmpty)
        }
    }

    @Test(
        "has documents that are not JSON",
        arguments: [
            EmberCase.invalidJSON, .trailingComma, .trailingGarbage, .notUTF8, .byteOrderMark, .rawNewlineInString,
            .tooDeep, .imageInsteadOfJSON, .emptyBody,
        ])
    func unparsable(_ ember: EmberCase) async throws {
        try await UpstreamUnderTest.run { test in
            let answer = try await answer(test, ember)
            #expect(answer.status == 200)
            #expect(throws: JSONError.self) { try JSONDocument(validating: answer.rawBody) }
        }
    }

    @Test(
        "has documents that are JSON, but only just",
        arguments: [
            (EmberCase.array, JSONValue.Kind.array), (.null, .null), (.stringOfJSON, .string), (.errorObject, .object),
            (.escapedNUL, .object), (.loneSurrogate, .object), (.hugeNumber, .object), (.duplicateKeys, .object),
            (.htmlContentType, .object),
        ])
    func parsable(_ ember: EmberCase, _ kind: JSONValue.Kind) async throws {
        try await UpstreamUnderTest.run { test in
            let answer = try await answer(test, ember)
            #expect(try JSONDocument(validating: answer.rawBody).root.kind == kind)
        }
    }
}
