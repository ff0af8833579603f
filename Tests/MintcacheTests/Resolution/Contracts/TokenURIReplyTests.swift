import Testing
import Tokens

@testable import Mintcache

@Suite struct `What tokenURI and uri reply` {
    private func answer(_ tokenURI: TokenURIReply, _ uri: TokenURIReply) -> TokenURIAnswer {
        TokenURIReply.answer(from: [(.erc721, tokenURI), (.erc1155, uri)])
    }

    private func returned(_ text: String) -> CallOutcome { .returned(ABI.encodeString(text)) }

    @Test func `is read from the outcome of the call`() {
        #expect(TokenURIReply(returned("ipfs://x")) == .text("ipfs://x"))
        #expect(TokenURIReply(returned(" ")) == .blank)
        #expect(TokenURIReply(returned("null")) == .blank)
        #expect(TokenURIReply(.returned([1, 2, 3])) == .unreadable(.malformed))
        #expect(TokenURIReply(.reverted(.nonexistentToken)) == .nonexistent(.nonexistentToken))
        #expect(TokenURIReply(.reverted(.message("Invalid token ID"))) == .nonexistent(.message("Invalid token ID")))
        #expect(TokenURIReply(.reverted(.unexplained)) == .refused(.unexplained))
        #expect(TokenURIReply(.unsupported) == .unsupported)
    }

    @Test func `is a URI from either function, the preferred one first`() {
        #expect(answer(.text("a"), .text("b")) == .uri("a", .erc721))
        #expect(answer(.refused(.unexplained), .text("b")) == .uri("b", .erc1155))
        #expect(answer(.blank, .text("b")) == .uri("b", .erc1155))
    }

    @Test func `is a missing token when one of them says so`() {
        for other in [TokenURIReply.refused(.unexplained), .unsupported, .blank] {
            guard case .missing(_, isCertain: true) = answer(.nonexistent(.nonexistentToken), other) else {
                Issue.record("not missing beside \(other)")
                continue
            }
        }
    }

    @Test func `is no certainty when both refuse without that reason`() {
        let reason = "The contract has no such token: execution reverted: paused."
        #expect(
            answer(.refused(.message("paused")), .refused(.unexplained)) == .missing(reason: reason, isCertain: false))
    }

    @Test func `is no URI, no text or no answer`() {
        #expect(answer(.blank, .refused(.unexplained)) == .absent(.erc721))
        #expect(answer(.unsupported, .blank) == .absent(.erc1155))
        guard case .malformed(_, .erc721) = answer(.unreadable(.malformed), .refused(.unexplained)),
            case .refused = answer(.refused(.offchainLookup), .unsupported),
            case .missing(let reason, isCertain: false) = answer(.unsupported, .unsupported)
        else {
            Issue.record("another answer")
            return
        }
        #expect(reason.contains("not a token contract"))
    }
}

@Suite struct `The interfaces that a contract claims` {
    @Test(arguments: [
        ([true, false, false] as [Bool?], TokenStandard?.some(.erc721)), ([false, true, false], .erc1155),
        ([true, true, false], nil), ([false, false, false], nil), ([nil, nil, nil], nil),
        // A contract that claims what none may claims everything.
        ([true, true, true], nil), ([true, false, true], nil), ([false, true, true], nil),
        ([true, nil, nil], .erc721), ([nil, true, nil], .erc1155),
    ])
    func `name its standard when they name one`(answers: [Bool?], standard: TokenStandard?) {
        #expect(ClaimedInterfaces(answers).standard == standard)
    }
}

@Suite struct `The memory of contracts' standards` {
    @Test func `lets one find out, and forgets as a whole when full`() throws {
        let memory = StandardMemory()
        let key = { (number: UInt64) in
            CollectionKey(chain: ChainIdentifier(eip155: number), contract: try reference(1).contract)
        }
        #expect(memory.begin(try key(1)))
        #expect(!memory.begin(try key(1)))
        #expect(memory.begin(try key(2)))
        memory.end(try key(1), with: nil)
        #expect(memory.begin(try key(1)))
        memory.end(try key(1), with: .erc1155)
        #expect(memory[try key(1)] == .erc1155)
        for number in UInt64(10)..<66_000 { memory.remember(.erc721, of: try key(number)) }
        #expect(memory[try key(1)] == nil)
        #expect(memory[try key(65_999)] == .erc721)
    }
}
