import Testing
import Tokens

private let main = ChainIdentifier(eip155: 1)
private let rootstock = ChainIdentifier(eip155: 30)
private let rootstockTest = ChainIdentifier(eip155: 31)
private let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"

/// The cases of docs about identifiers, by their numbers.
@Suite struct `Identifiers as they come` {
    private func detail(_ parse: () throws(IdentifierError) -> some Any) -> String? {
        do throws(IdentifierError) {
            _ = try parse()
            return nil
        } catch {
            return error.detail
        }
    }

    @Test(arguments: [
        "0", "9007199254740993", "300067000000000000", largest,
        "9855078890607812885131206881703859754581861080170801160380258753068870402049",
    ])
    func `E-86 ids keep all of their 256 bits`(decimal: String) throws {
        let token = try TokenIdentifier(parsing: decimal)
        #expect(token.decimal == decimal)
        #expect(try TokenIdentifier(parsing: "0x" + token.paddedHex) == token)
        #expect(
            TokenIdentifier(UInt256(token.value.word0, token.value.word1, token.value.word2, token.value.word3))
                == token)
    }

    @Test func `E-88 decimal and hexadecimal are one token with one canonical form`() throws {
        for spelling in ["771769", "0xbc6b9", "0xBC6B9", "0x000bc6b9"] {
            #expect(try TokenIdentifier(parsing: spelling).decimal == "771769")
        }
    }

    @Test(arguments: [
        ("", "empty"), ("+1", "sign"), ("-1", "sign"), ("1e3", "exponent"), ("1E3", "exponent"), ("1.0", "point"),
        ("1,000", "separators"), ("01", "leading zeros"), ("00", "leading zeros"), ("0X1", "lower-case x"),
        ("0x", "no digits"), ("0x-1", "hexadecimal digit"), ("ff", "begins with 0x"), (" 1", "0x20"), ("1\n", "0x0a"),
        ("１", "not a decimal digit"), ("१२", "not a decimal digit"), ("²", "not a decimal digit"),
        ("1_000", "not a decimal digit"), ("nick.eth", "not a decimal digit"), ("null", "not a decimal digit"),
        ("NaN", "not a decimal digit"), ("Infinity", "not a decimal digit"), ("{id}", "not a decimal digit"),
    ])
    func `E-88 any other form of an id is refused with advice`(text: String, advice: String) {
        #expect(detail { () throws(IdentifierError) in try TokenIdentifier(parsing: text) }?.contains(advice) == true)
    }

    @Test(arguments: [
        String(largest.dropLast()) + "6", "1" + String(repeating: "0", count: 78), String(repeating: "9", count: 78),
        String(repeating: "9", count: 8000), "0x1" + String(repeating: "0", count: 64),
        "0x" + String(repeating: "f", count: 65),
    ])
    func `E-89 an id above 2^256 - 1 is refused`(text: String) {
        let detail = detail { () throws(IdentifierError) in try TokenIdentifier(parsing: text) }
        #expect(detail?.contains("2^256") == true || detail?.contains("64 hexadecimal digits") == true)
        #expect((detail?.utf8.count ?? 0) < 200)
    }

    @Test func `E-90 an address is one value in lower case, upper case and with its checksum`() throws {
        let address = "0x06012c8cf97BEaD5deAe237070F9587f8E7A266d"
        let parsed = try ContractAddress(parsing: address)
        #expect(try ContractAddress(parsing: address.lowercased()) == parsed)
        #expect(try ContractAddress(parsing: "0x" + address.dropFirst(2).uppercased()) == parsed)
        #expect(parsed.lowercase == address.lowercased() && parsed.checksummed == address)
        let zero = "0x" + String(repeating: "0", count: 40)
        #expect(try ContractAddress(parsing: zero).lowercase == zero)
    }

    @Test(arguments: [
        ("0x06012C8cf97BEaD5deAe237070F9587f8E7A266d", "write 0x06012c8cf97BEaD5deAe237070F9587f8E7A266d"),
        ("0X06012c8cf97bead5deae237070f9587f8e7a266d", "lower-case x"), ("", "empty"), ("0x", "not 0"),
        ("06012c8cf97bead5deae237070f9587f8e7a266d", "prefix 0x is missing"),
        ("0x06012c8cf97bead5deae237070f9587f8e7a266", "not 39"),
        ("0x06012c8cf97bead5deae237070f9587f8e7a266d0", "not 41"),
        ("0x00000000000000000000000006012c8cf97bead5deae237070f9587f8e7a266d", "32-byte word"),
        ("0x06012c8cf97bead5deae237070f9587f8e7a266g", "'g'"), ("0x06012c8cf97bead5deae237070f9587f8e7a26 d", "0x20"),
        ("0x06012c8cf97bead5deae237070f9587f8e7a26é", "0xc3"), ("0x0601２c8cf97bead5deae237070f9587f8e7a266d", "0xef"),
    ])
    func `E-90 anything else is refused with advice`(text: String, advice: String) {
        let detail = detail { () throws(IdentifierError) in try ContractAddress(parsing: text) }
        #expect(detail?.contains(advice) == true, "\(detail ?? "accepted")")
    }

    /// Vectors of EIP-1191.
    @Test(arguments: [
        ("0x27b1FdB04752BBc536007A920D24ACB045561c26", "0x27B1FdB04752BbC536007a920D24acB045561C26"),
        ("0x42712D45473476B98452f434E72461577d686318", "0x42712D45473476B98452F434E72461577D686318"),
        ("0x52908400098527886E0F7030069857D2E4169ee7", "0x52908400098527886E0F7030069857D2e4169EE7"),
        ("0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD", "0x5aAeb6053F3e94c9b9A09F33669435E7EF1BEaEd"),
        ("0x6549F4939460DE12611948B3F82B88C3C8975323", "0x6549f4939460dE12611948b3f82b88C3c8975323"),
        ("0x66F9664f97f2B50F62d13EA064982F936de76657", "0x66f9664F97F2b50f62d13eA064982F936DE76657"),
        ("0x88021160c5C792225E4E5452585947470010289d", "0x88021160c5C792225E4E5452585947470010289d"),
        ("0xDBF03B407c01E7CD3cBea99509D93F8Dddc8C6FB", "0xdbF03B407C01E7cd3cbEa99509D93f8dDDc8C6fB"),
        ("0xDe709F2102306220921060314715629080e2FB77", "0xDE709F2102306220921060314715629080e2Fb77"),
        ("0xFb6916095cA1Df60bb79ce92cE3EA74c37c5d359", "0xFb6916095CA1dF60bb79CE92ce3Ea74C37c5D359"),
    ])
    func `E-91 an address on Rootstock is checked and written by EIP-1191`(onMain: String, onTest: String) throws {
        let address = try ContractAddress(parsing: onMain.lowercased())
        #expect(address.checksummed(on: rootstock) == onMain)
        #expect(address.checksummed(on: rootstockTest) == onTest)
        #expect(try ContractAddress(parsing: onMain, on: rootstock) == address)
        #expect(try ContractAddress(parsing: onTest, on: rootstockTest) == address)
    }

    @Test func `E-91 mixed case of another chain is refused, one case is taken everywhere`() throws {
        let text = "0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD"
        let detail = detail { () throws(IdentifierError) in try ContractAddress(parsing: text, on: main) }
        #expect(detail?.contains("EIP-55") == true)
        let ethereum = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
        let refused = self.detail { () throws(IdentifierError) in try ContractAddress(parsing: ethereum, on: rootstock)
        }
        #expect(refused?.contains("EIP-1191 with chain id 30") == true && refused?.contains(text) == true)
        let lower = try ContractAddress(parsing: text.lowercased(), on: rootstock)
        #expect(try ContractAddress(parsing: text.lowercased(), on: main) == lower)
        #expect(try AssetIdentifier(caip19: "eip155:30/erc721:\(text)/1").reference.contract == lower)
        #expect(throws: IdentifierError.self) { try AssetIdentifier(caip19: "eip155:1/erc721:\(text)/1") }
    }

    @Test(arguments: ["vitalik.eth", "nft.example.com", "a.b"])
    func `E-92 a name in place of an address is refused with the way out`(name: String) {
        let detail = detail { () throws(IdentifierError) in try ContractAddress(parsing: name) }
        #expect(detail?.contains("look up its address first") == true)
    }

    @Test func `E-93 the same contract on two chains has tokens of its own on each`() throws {
        let contract = try TokenReference.sample().contract
        let references = [main, ChainIdentifier(eip155: 137)].map {
            TokenReference(chain: $0, contract: contract, token: TokenIdentifier(1))
        }
        #expect(references[0] != references[1])
        #expect(references[0].canonicalKey != references[1].canonicalKey)
    }
}

@Suite struct `CAIP-2 and CAIP-19` {
    private static let kitty = "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769"

    @Test func `the example of CAIP-22 is read and written canonically`() throws {
        let asset = try AssetIdentifier(caip19: Self.kitty)
        #expect(asset.standard == .erc721 && asset.reference.token.decimal == "771769")
        #expect(asset.description == Self.kitty.lowercased())
    }

    @Test func `the standard named is only what the writer believes: both name one token`() throws {
        let other = Self.kitty.replacing("erc721", with: "erc1155")
        #expect(try TokenReference(caip19: other) == TokenReference(caip19: Self.kitty))
    }

    @Test(arguments: ["abc:1", "abc12345:Abc-_9", "a-c:" + String(repeating: "Z", count: 32), "eip155:0", "---:---"])
    func `a chain has a namespace of 3 to 8 and a reference of 1 to 32 characters`(text: String) throws {
        #expect(try ChainIdentifier(caip2: text).description == text)
    }

    @Test(arguments: [
        ("ab:1", "three to eight"), ("abcdefghi:1", "three to eight"), ("abc:", "one to 32"),
        ("abc:" + String(repeating: "1", count: 33), "one to 32"), ("aBc:1", "'B'"), ("a_c:1", "'_'"),
        ("abc:a.b", "'.'"), ("abc:a:b", "':'"), ("abc:é", "0xc3"), ("ethereum", "namespace:reference"),
        ("eip155:01", "leading zeros"), ("eip155:-1", "decimal chain id"), ("eip155:0x1", "decimal chain id"),
    ])
    func `another chain is refused with advice`(text: String, advice: String) {
        let error = #expect(throws: IdentifierError.self) { try ChainIdentifier(caip2: text) }
        #expect(error?.detail.contains(advice) == true, "\(error?.detail ?? "")")
    }

    @Test(arguments: [
        ("eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d", "has the form"),
        ("eip155:1/ERC721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1", "erc721 or erc1155"),
        ("eip155:1/erc20:0x06012c8cf97bead5deae237070f9587f8e7a266d/1", "erc721 or erc1155"),
        ("eip155:1/slip44:60/1", "erc721 or erc1155"), ("eip155:1/erc721/1", "erc721 or erc1155"),
        ("eip155:1/erc721:vitalik.eth/1", "look up its address"), ("1/erc721:0x0/1", "namespace:reference"),
        ("eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/", "empty"),
        ("eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1/", "has the form"),
        ("eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/%31", "'%'"),
        ("did:nft:eip155:1_erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d_1", "has the form"),
    ])
    func `another asset is refused with advice`(text: String, advice: String) {
        let error = #expect(throws: IdentifierError.self) { try AssetIdentifier(caip19: text) }
        #expect(error?.detail.contains(advice) == true, "\(error?.detail ?? "")")
    }
}
