import Caching
import Tokens

@testable import Mintcache

/// Gateways that answers point to; the hosts are those of a configuration's.
let sampleGateways = GatewayList(
    Configuration.Gateways(
        ipfs: [.init(url: "https://ipfs.example"), .init(url: "https://second.example:8443/")],
        arweave: [.init(url: "https://arweave.example")]), for: sampleRenderer.media)

/// A contract with letters in its address, so that its two spellings differ.
let checksummedContract = "0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13D"

/// A token that is told in a provider's shape as memory would hold it.
func dropInToken(
    document: String = "", outcome: TokenRecord.Outcome = .document, tokenURI: String? = "ipfs://bafybeigdyr/1",
    standard: TokenStandard? = .erc721, token: String = "1", isStale: Bool = false
) throws -> DropInToken {
    let bytes = Array(document.utf8)
    let record = TokenRecord(
        reference: TokenReference(
            chain: ChainIdentifier(eip155: 1), contract: try ContractAddress(parsing: checksummedContract),
            token: try TokenIdentifier(parsing: token)),
        outcome: outcome, standard: standard, tokenURI: tokenURI, document: bytes,
        etag: EntityDigest.text(bytes), fetchedAt: 1_700_000_000_042, freshUntil: 1_700_003_600_042)
    let entry = sampleRenderer.entry(
        for: record, as: .object, from: .source, isStale: isStale, now: 1_700_000_000_100)
    return DropInToken(record.reference, entry)
}

/// JSON written over several lines for a reader, as the proxy writes it: without line ends and what indents them.
func compact(_ json: String) -> String {
    json.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
}
