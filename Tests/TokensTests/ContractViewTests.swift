import Testing
import Tokens

@Suite struct `A contract's object` {
    private func object(_ document: String?, _ facts: ContractFacts? = nil) throws -> JSONValue {
        let facts = try facts ?? self.facts()
        let bytes = ContractView.contractObject(
            for: facts, document: document.map { Array($0.utf8) }, source: "onchain", fetchedAt: 1_700_000_000_000
        ) { $0.url(ipfsGateway: "https://ipfs.example", arweaveGateway: "https://arweave.example") }
        return try JSONDocument(validating: bytes).root
    }

    private func facts() throws -> ContractFacts {
        ContractFacts(
            chain: ChainIdentifier(eip155: 1),
            contract: try ContractAddress(parsing: "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"))
    }

    @Test func `has all its members in their order, whatever is known`() throws {
        let members = try object(nil).members.map(\.name)
        #expect(
            members == [
                "chain", "contract", "standard", "name", "symbol", "total_supply", "contract_uri", "description",
                "image", "banner_image", "featured_image", "external_link", "collaborators", "metadata", "source",
                "fetched_at", "stale",
            ])
        #expect(try object(#"{"name":"x"}"#).members.map(\.name) == members)
    }

    @Test func `writes a supply of 256 bits exactly`() throws {
        var facts = try facts()
        facts.totalSupply = .max
        let supply = try object(nil, facts)["total_supply"]?.string
        #expect(supply == "115792089237316195423570985008687907853269984665640564039457584007913129639935")
    }

    @Test func `prefers what the contract says of its name to what its document does`() throws {
        var facts = try facts()
        facts.name = "On chain"
        let root = try object(#"{"name":"Off chain","symbol":" OFF "}"#, facts)
        #expect(root["name"]?.string == "On chain")
        #expect(root["symbol"]?.string == "OFF")
    }

    @Test func `passes over members of the wrong kind`() throws {
        let root = try object(#"{"name":7,"image":true,"external_link":{},"collaborators":"0x","description":[]}"#)
        for name in ["name", "image", "external_link", "description"] { #expect(root[name]?.isNull == true, "\(name)") }
        #expect(root["collaborators"].map { Array($0.elements).count } == 0)
    }

    @Test func `has images that can be fetched, inline ones of any size too`() throws {
        let picture = String(repeating: "A", count: 200_000)
        let root = try object(
            #"{"image":"data:image/png;base64,\#(picture)","banner_image":"javascript:alert(1)"}"#)
        #expect(root["image"]?.string?.hasPrefix("data:image/png;base64,AAAA") == true)
        #expect(root["banner_image"]?.isNull == true)
    }

    @Test func `keeps a document that needs repair, repaired, and none that cannot be read`() throws {
        #expect(try object("\u{FEFF}{\"name\":\"x\",}")["metadata"]?["name"]?.string == "x")
        #expect(try object("[]")["metadata"]?.isNull == true)
        #expect(try object("{")["metadata"]?.isNull == true)
    }

    @Test func `is marked stale, and fresh again, by its last member alone`() throws {
        let fresh = ContractView.contractObject(
            for: try facts(), document: Array(#"{"stale":false}"#.utf8), source: "onchain", fetchedAt: 0
        ) { _ in nil }
        let stale = ContractView.marked(fresh, stale: true)
        #expect(try JSONDocument(validating: stale).root["stale"]?.boolean == true)
        #expect(try JSONDocument(validating: stale).root["metadata"]?["stale"]?.boolean == false)
        #expect(ContractView.marked(stale, stale: true) == stale)
        #expect(ContractView.marked(stale, stale: false) == fresh)
    }
}
