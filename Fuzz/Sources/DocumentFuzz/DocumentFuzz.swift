import CDriver
import Glibc

@testable import Tokens

@main
enum DocumentFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzDocument($0, $1) })
    }
}

private let types = [nil, "application/json", "text/html", "image/png", "application/json; charset=iso-8859-1"]
private let uris = [
    "https://h.test/a/1.json", "data:text/plain,x",
    "ipfs://bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/1",
]
/// Starts of bodies, so that the search begins at every depth.
private let prefixes = [
    "", "{", "{\"image\":\"", "{\"animation_url\":\"data:", "{\"external_url\":\"",
    "{\"name\":\"{id}\",\"attributes\":[{",
    "{\"attributes\":\"[", "{\"traits\":{\"", "{\"properties\":{\"files\":[{\"uri\":\"",
    "{\"properties\":{\"image\":{\"type\":\"",
    "{\"artifactUri\":\"a\",\"formats\":[{\"uri\":\"a\",\"mimeType\":\"", "{\"metadata\":\"{", "{\"data\":{", "[{",
    "\"{",
    "{\"message\":\"", "{\"statusCode\":4", "<html><title>", "{'name':'", "{name:/*", "{\u{0}",
].map { Array($0.utf8) }
private let members = [
    "chain", "contract", "token_id", "standard", "token_uri", "name", "description", "image", "animation_url",
    "external_url",
    "background_color", "attributes", "metadata", "source", "fetched_at", "stale",
]

/// Whatever a source answers, it is a document around which there is a valid token object, or it is refused for a reason.
/// The first octet says what the source declared and where the document lies, the second what comes before.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocument(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard size > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let uri = uris[Int(bytes[0]) / 16 % uris.count]
    let body = prefixes[Int(bytes[1]) % prefixes.count] + bytes.dropFirst(2)
    switch DocumentReading(body: body, contentType: types[Int(bytes[0]) % types.count], uri: uri) {
    case .document(let document), .synthesized(let document):
        check(document, uri)
    case .unusable(let failure):
        precondition(!failure.reason.isEmpty && failure.reason.utf8.count < 2000, "There is a short reason.")
    }
    return 0
}

private func check(_ document: [UInt8], _ uri: String) {
    guard let contract = try? ContractAddress(parsing: "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d") else { return }
    let reference = TokenReference(
        chain: ChainIdentifier(eip155: 1), contract: contract, token: TokenIdentifier(UInt256.max))
    let record = TokenRecord(
        reference: reference, outcome: .document, tokenURI: uri, document: document, fetchedAt: 0, freshUntil: 0)
    let links = MediaLinks { $0.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test") }
    guard let object = try? TokenView.tokenObject(for: record, stale: false, links: links),
        let root = (try? JSONDocument(validating: object.bytes))?.root
    else { preconditionFailure("A document has a valid token object.") }
    precondition(root.members.map(\.name) == members, "It has all members.")
    if object.isDocumentVerbatim {
        precondition(Array(object.bytes[object.documentRange]) == document, "It is unchanged.")
    }
    for name in ["name", "description", "image", "animation_url", "external_url", "background_color"] {
        precondition(root[name].map { $0.isNull || $0.kind == .string } == true, "\(name) is a text or null.")
    }
    for name in ["image", "animation_url"] {
        guard let url = root[name]?.string else { continue }
        precondition(["https://", "http://", "data:"].contains { url.hasPrefix($0) }, "\(name) can be shown: \(url)")
    }
    precondition(root["image"]?.string?.hasPrefix("data:text/html") != true, "An image runs nothing.")
    for attribute in root["attributes"]?.elements ?? root.elements {
        precondition(attribute.members.map(\.name) == ["trait_type", "value", "display_type"], "Attributes are alike.")
        precondition(attribute["value"].map { $0.kind != .object && $0.kind != .array } == true, "A value is plain.")
    }
    _ = PlaceholderLook.isPlaceholder(document)
}
