import Testing
import Tokens

@Suite("Contract ABI")
struct ABITests {
    @Test(
        "selectors are the beginning of the signature's digest",
        arguments: [
            ("tokenURI(uint256)", FunctionSelector.tokenURI), ("uri(uint256)", .uri),
            ("supportsInterface(bytes4)", .supportsInterface), ("contractURI()", .contractURI), ("name()", .name),
            ("symbol()", .symbol), ("totalSupply()", .totalSupply), ("baseURI()", .baseURI),
            ("punkAttributes(uint16)", .punkAttributes), ("punkImageSvg(uint16)", .punkImage),
            ("Error(string)", FunctionSelector(0x08c3_79a0)), ("Panic(uint256)", FunctionSelector(0x4e48_7b71)),
            ("ERC721NonexistentToken(uint256)", FunctionSelector(0x7e27_3289)),
            ("URIQueryForNonexistentToken()", FunctionSelector(0xa14c_4b50)),
            ("OffchainLookup(address,string[],bytes,bytes4,bytes)", FunctionSelector(0x556f_1830)),
        ]
    )
    func selectors(signature: String, selector: FunctionSelector) {
        #expect(FunctionSelector(signature: signature) == selector)
    }

    @Test("calls are a selector and one word")
    func calls() throws {
        let contract = try TokenReference.sample().contract
        #expect(
            ContractCall.tokenURI(of: TokenIdentifier(258), in: contract).data
                == bytes(hex: "c87b56dd" + String(repeating: "0", count: 61) + "102")
        )
        #expect(ContractCall.uri(of: TokenIdentifier(1), in: contract).data.starts(with: bytes(hex: "0e89341c")))
        #expect(
            ContractCall.supports(.erc721, in: contract).data
                == bytes(hex: "01ffc9a7" + "80ac58cd" + String(repeating: "0", count: 56))
        )
    }

    @Test("strings survive a round trip", arguments: ["", "a", "ipfs://x/1", String(repeating: "ü", count: 1000)])
    func roundTrip(string: String) throws {
        #expect(try ABI.decodeString(ABI.encodeString(string)) == string)
    }

    @Test("E-8 strings without padding, with bytes behind them or at another offset are accepted")
    func tolerated() throws {
        let encoded = ABI.encodeString("ipfs://x")
        #expect(try ABI.decodeString(encoded + [1, 2, 3]) == "ipfs://x")
        #expect(try ABI.decodeString(Array(encoded.prefix(72))) == "ipfs://x")
        let shifted = UInt256(64).bigEndianBytes + UInt256.max.bigEndianBytes + encoded.dropFirst(32)
        #expect(try ABI.decodeString(shifted) == "ipfs://x")
    }

    @Test("E-6 text in one word is accepted, a number in one word is not")
    func shortStrings() throws {
        let padded = Array("Punks".utf8) + [UInt8](repeating: 0, count: 27)
        #expect(try ABI.decodeString(padded) == "Punks")
        #expect(try ABI.decodeString([UInt8](repeating: 0, count: 32)) == "")
        #expect(throws: ABIError.malformed) { try ABI.decodeString(UInt256(32).bigEndianBytes) }
    }

    @Test("E-9 E-10 NUL bytes are dropped and invalid UTF-8 is replaced")
    func repairedText() throws {
        #expect(try ABI.decodeString(ABI.encodeString("a\0b\0")) == "ab")
        var data = ABI.encodeString("a?b")
        data[65] = 0xFF
        #expect(try ABI.decodeString(data) == "a\u{FFFD}b")
    }

    @Test("E-7 offsets and lengths beyond the data are refused without overflow")
    func outOfBounds() {
        #expect(throws: ABIError.empty) { try ABI.decodeString([]) }
        let hostile = [UInt256.max, UInt256(1 << 63, 0, 0, 0), UInt256(.max), UInt256(UInt64(Int.max)), UInt256(65)]
        for value in hostile {
            let offset = value.bigEndianBytes + UInt256.zero.bigEndianBytes
            #expect(throws: ABIError.malformed) { try ABI.decodeString(offset) }
            let length = UInt256(32).bigEndianBytes + value.bigEndianBytes + UInt256.zero.bigEndianBytes
            #expect(throws: ABIError.malformed) { try ABI.decodeString(length) }
        }
    }

    @Test("no truncation or flipped bit crashes the decoder or yields more text than there is data")
    func mutations() {
        let valid = ABI.encodeString("https://example.test/metadata/1234567890.json")
        for length in 0..<valid.count {
            _ = try? ABI.decodeString(Array(valid.prefix(length)))
        }
        for bit in 0..<valid.count * 8 {
            var mutated = valid
            mutated[bit / 8] ^= 1 << (bit % 8)
            let decoded = try? ABI.decodeString(mutated)
            #expect((decoded?.utf8.count ?? 0) <= mutated.count * 3)
        }
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            let count = Int(generator.next() % 160)
            let data = (0..<count).map { _ in
                UInt8(truncatingIfNeeded: generator.next() % 3 == 0 ? generator.next() : 0)
            }
            _ = try? ABI.decodeString(data)
            _ = RevertReason(data: data)
        }
    }

    @Test("booleans are exactly zero or one")
    func booleans() {
        #expect(ABI.decodeBoolean(UInt256(1).bigEndianBytes) == true)
        #expect(ABI.decodeBoolean(UInt256(0).bigEndianBytes) == false)
        #expect(ABI.decodeBoolean(UInt256(2).bigEndianBytes) == nil)
        #expect(ABI.decodeBoolean([1]) == nil)
    }

    @Test("revert data tells its reason")
    func reverts() {
        let selector = bytes(hex: "08c379a0")
        #expect(RevertReason(data: selector + ABI.encodeString("no such\ntoken")) == .message("no such token"))
        #expect(RevertReason(data: bytes(hex: "4e487b71") + UInt256(17).bigEndianBytes) == .panic(code: UInt256(17)))
        #expect(RevertReason(data: bytes(hex: "7e273289") + UInt256(5).bigEndianBytes) == .nonexistentToken)
        #expect(RevertReason(data: bytes(hex: "a14c4b50")) == .nonexistentToken)
        #expect(RevertReason(data: bytes(hex: "df2d9b42")) == .nonexistentToken)
        #expect(RevertReason(data: bytes(hex: "ceea21b6")) == .nonexistentToken)
        #expect(RevertReason(data: bytes(hex: "556f1830")) == .offchainLookup)
        #expect(RevertReason(data: bytes(hex: "deadbeef")) == .custom(FunctionSelector(0xdead_beef)))
        #expect(RevertReason(data: selector) == .unexplained)
        #expect(RevertReason(data: []) == .unexplained)
        #expect(RevertReason(data: bytes(hex: "deadbeef")).description.contains("0xdeadbeef"))
    }

    @Test(
        "E-2 a contract says in many words that a token does not exist",
        arguments: [
            "ERC721Metadata: URI query for nonexistent token", "ERC721: invalid token ID", "Token does not exist",
            "NON_EXISTENT_TOKEN", "nonexistent-token", "NOT_MINTED", "Token hasn't been minted yet", "Invalid tokenId",
            "This token doesn't exist", "ERC721: owner query for nonexistent token", "unknown token",
        ]
    )
    func nonexistent(message: String) {
        #expect(RevertReason.message(message).saysNonexistent)
    }

    @Test(
        "E-16 other refusals do not say that",
        arguments: [
            RevertReason.unexplained, .message("paused"), .message("Initializable: contract is not initialized"),
            .message("burnt out"), .message(""), .panic(code: UInt256(17)), .offchainLookup,
            .custom(FunctionSelector(0xdead_beef)),
        ]
    )
    func otherReasons(reason: RevertReason) {
        #expect(!reason.saysNonexistent)
    }

    @Test("E-12 words that stand for no URI are told from URIs")
    func absentURIs() {
        for text in ["", " \n", "null", "NULL", "undefined", "-", "''", "\"\"", "'null'", " None "] {
            #expect(TokenURIText.isAbsent(text), "\(text)")
        }
        for text in ["0", "1.json", "nullable", "ipfs://x", "ß", String(repeating: "-", count: 100)] {
            #expect(!TokenURIText.isAbsent(text), "\(text)")
        }
    }
}

@Suite("A CryptoPunk's document")
struct PunkDocumentTests {
    @Test("has a name, the picture, and the attributes in order")
    func document() {
        let image = "data:image/svg+xml;utf8,<svg fill=\"#638596\"></svg>"
        #expect(
            text(PunkDocument.bytes(number: 7, attributes: "Male 2, Earring , ,Blonde Bob", image: image))
                == ##"{"name":"CryptoPunk #7","image":"data:image/svg+xml;utf8,<svg fill=\"#638596\"></svg>","##
                + #""attributes":[{"trait_type":"Type","value":"Male 2"},{"trait_type":"Accessory","value":"Earring"},"#
                + #"{"trait_type":"Accessory","value":"Blonde Bob"}]}"#
        )
    }

    @Test("is JSON whatever the contract says")
    func hostile() throws {
        let document = PunkDocument.bytes(number: 0, attributes: "\"}],\\\u{1}", image: "\"\\\n")
        let root = try JSONDocument(validating: document).root
        #expect(root["image"]?.string == "\"\\\n")
        #expect(text(PunkDocument.bytes(number: 0, attributes: "", image: "")).hasSuffix("\"attributes\":[]}"))
    }
}
