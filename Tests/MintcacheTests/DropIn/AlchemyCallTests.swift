import Testing
import Tokens

@testable import Mintcache

@Suite struct `A call of Alchemy's` {
    private static let chain = ChainIdentifier(eip155: 1)
    private static let address = checksummedContract

    private func token(_ query: String) throws -> (TokenReference, TokenWish) {
        let call = try AlchemyCall(.token, QueryParameters(query), on: Self.chain)
        guard case .token(let reference, let wish) = call else { throw DropInRefusal(0, "not a token") }
        return (reference, wish)
    }

    private func batch(_ body: String) throws -> ([TokenReference], TokenWish) {
        let call = try AlchemyCall(.batch, body: Array(body.utf8), on: Self.chain)
        guard case .batch(let references, let wish) = call else { throw DropInRefusal(0, "not a batch") }
        return (references, wish)
    }

    private func refusal(_ body: () throws -> Void) -> DropInRefusal? {
        do {
            try body()
            return nil
        } catch {
            return error as? DropInRefusal
        }
    }

    @Test(arguments: [
        "26", "0x1a", "0x1A", "0x000000000000000000000000000000000000000000000000000000000000001a", "%30x1a",
    ]) func `names a token in decimal or in hexadecimal`(text: String) throws {
        let (reference, wish) = try token("contractAddress=\(Self.address)&tokenId=\(text)")
        #expect(reference.description == "eip155:1/\(Self.address.lowercased())/26")
        #expect(wish == TokenWish())
    }

    @Test func `says how long it waits, and whether it wants the token fetched anew`() throws {
        let base = "contractAddress=\(Self.address)&tokenId=1"
        #expect(try token(base + "&tokenUriTimeoutInMs=0").1 == TokenWish(patience: .zero))
        #expect(try token(base + "&tokenUriTimeoutInMs=2500").1 == TokenWish(patience: .milliseconds(2500)))
        #expect(try token(base + "&refreshCache=true").1 == TokenWish(isRefresh: true))
        #expect(try token(base + "&refreshCache=False&tokenUriTimeoutInMs=").1 == TokenWish())
    }

    @Test func `may have parameters that make no difference here`() throws {
        _ = try token("withMetadata=true&contractAddress=\(Self.address)&tokenType=ERC721&tokenId=1&utm_source=x&flag")
    }

    @Test(arguments: [
        ("tokenId=1", "contractAddress is needed: 0x and 40 hexadecimal digits."),
        (
            "contractAddress=0x12&tokenId=1",
            "contractAddress: a contract address is 0x and 40 hexadecimal digits, not 2."
        ),
        ("contractAddress=\(checksummedContract)", "tokenId is needed: decimal, or hexadecimal after 0x."),
        (
            "contractAddress=\(checksummedContract)&tokenId=-1",
            "tokenId: a token id is an integer from 0 to 2^256 - 1, written without a sign."
        ),
        (
            "contractAddress=\(checksummedContract)&tokenId=1&tokenUriTimeoutInMs=1.5",
            "tokenUriTimeoutInMs must be a whole number of milliseconds, 0 or more."
        ),
        (
            "contractAddress=\(checksummedContract)&tokenId=1&tokenUriTimeoutInMs=-1",
            "tokenUriTimeoutInMs must be a whole number of milliseconds, 0 or more."
        ),
        (
            "contractAddress=\(checksummedContract)&tokenId=1&refreshCache=yes",
            "refreshCache must be true or false."
        ),
    ]) func `with a wrong parameter is refused by its name`(query: String, message: String) {
        #expect(refusal { _ = try token(query) } == DropInRefusal(400, message))
    }

    @Test func `may be a batch, whose numbers are taken digit by digit`() throws {
        let huge = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        let (references, wish) = try batch(
            """
            {"tokens":[{"contractAddress":"\(Self.address)","tokenId":"0x2","tokenType":"ERC721"},
            {"contractAddress":"\(Self.address.lowercased())","tokenId":\(huge),"tokenType":null}],
            "tokenUriTimeoutInMs":5000,"refreshCache":true,"other":1}
            """)
        #expect(references.map(\.token.decimal) == ["2", huge])
        #expect(wish == TokenWish(patience: .milliseconds(5000), isRefresh: true))
    }

    @Test func `as a batch has at most a hundred tokens`() throws {
        let token = #"{"contractAddress":"\#(Self.address)","tokenId":"1"}"#
        func list(_ count: Int) -> String {
            #"{"tokens":[\#(repeatElement(token, count: count).joined(separator: ","))]}"#
        }
        #expect(try batch(list(100)).0.count == 100)
        #expect(try batch(list(0)).0.isEmpty)
        #expect(refusal { _ = try batch(list(101)) } == DropInRefusal(400, "tokens may have at most 100 elements."))
    }

    @Test(arguments: [
        ("{", "The body is not valid JSON: "), ("[]", "The body must be a JSON object."),
        ("{}", "tokens must be a list of objects with contractAddress and tokenId."),
        (#"{"tokens":{}}"#, "tokens must be a list"),
        (#"{"tokens":["x"]}"#, "tokens[0].contractAddress is needed"),
        (#"{"tokens":[{"contractAddress":"\#(checksummedContract)","tokenId":1e3}]}"#, "tokens[0].tokenId: "),
        (#"{"tokens":[{"contractAddress":"\#(checksummedContract)","tokenId":null}]}"#, "tokens[0].tokenId is needed"),
        (#"{"tokens":[],"tokenUriTimeoutInMs":"soon"}"#, "tokenUriTimeoutInMs must be"),
        (#"{"tokens":[],"refreshCache":1}"#, "refreshCache must be"),
    ]) func `as a batch with a wrong body is refused as a whole`(body: String, message: String) {
        let refusal = refusal { _ = try batch(body) }
        #expect(refusal?.status == 400)
        #expect(refusal?.message.hasPrefix(message) == true, "\(refusal?.message ?? "accepted")")
    }

    @Test func `is found in its path`() throws {
        let path = try #require(AlchemyPath("/alchemy/eth-mainnet/nft/v3/some-key/getNFTMetadata"))
        #expect(path.network == "eth-mainnet")
        #expect(path.key == "some-key")
        #expect(path.call == .token)
        #expect(AlchemyPath("/alchemy/demo/nft/v3/k/refreshNftMetadata/")?.call == .refresh)
        #expect(try #require(AlchemyPath("/alchemy/demo/nft/v3/k/getNFTsForOwner")).call == nil)
    }

    @Test(arguments: [
        "/alchemy/demo/nft/v2/k/getNFTMetadata", "/alchemy/demo/v2/k", "/alchemy/demo/nft/v3/getNFTMetadata",
        "/alchemy/demo/nft/v3/k/getNFTMetadata/x", "/alchemy/", "//alchemy/demo/nft/v3/k/getNFTMetadata",
    ]) func `has no other path`(path: String) {
        #expect(AlchemyPath(path)?.key == nil)
    }
}
