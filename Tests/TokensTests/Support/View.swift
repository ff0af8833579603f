@testable import Tokens

/// The token object of a document, under gateways that tests can tell from the ones in it.
func view(_ document: String, at uri: String? = "https://h.test/meta/1.json") throws -> JSONValue {
    let record = TokenRecord(
        reference: try .sample(), outcome: .document, tokenURI: uri, document: Array(document.utf8), fetchedAt: 0,
        freshUntil: 0)
    let links = MediaLinks { $0.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test") }
    let object = try TokenView.tokenObject(for: record, stale: false, links: links)
    return try JSONDocument(validating: object.bytes).root
}

/// A member of the token object of a document, as it is written there.
func written(_ field: String, in document: String) throws -> String? {
    try view(document)[field].map { text($0.text) }
}
