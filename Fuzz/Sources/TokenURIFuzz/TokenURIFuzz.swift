import CDriver
import Glibc

@testable import Tokens

@main
enum TokenURIFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzTokenURI($0, $1) })
    }
}

/// Starts of URIs, so that the search begins at every depth of the grammar.
private let prefixes = [
    "", "ipfs://", "ipfs://bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/", "ipns://", "https://",
    "https://h.test/",
    "https://ipfs.io/ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o", "ar://",
    "ar://rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI", "https://arweave.net/", "../",
]

private let token = TokenIdentifier(UInt256.max)

/// Whatever a contract or a document calls a URI, what comes out can be fetched or says why not, is in one canonical form,
/// and is encoded once.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTokenURI(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard size > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    // The first octet says whether there is a token and in what form its number is wanted, the second what comes before.
    let form = IdentifierForm.allCases[Int(bytes[0]) % IdentifierForm.allCases.count]
    let text = prefixes[Int(bytes[1]) % prefixes.count] + String(decoding: bytes.dropFirst(2), as: UTF8.self)
    let uri = TokenURI(parsing: text, for: bytes[0] & 4 == 0 ? token : nil, as: form)
    check(uri)
    _ = TokenURI.hasIdentifierTemplate(text)
    if let link = TokenURI.webAddress(text) {
        precondition(link.hasPrefix("https://") && link.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "A link is plain.")
    }
    if let resolved = TokenURI(parsing: "https://h.test/a/1.json").resolving(text, for: token) { check(resolved) }
    return 0
}

private func check(_ uri: TokenURI) {
    switch uri {
    case .unsupported(let reason):
        precondition(!reason.isEmpty && reason.utf8.count < 200, "There is a short reason.")
    case .data(let mediaType, _):
        precondition(!mediaType.isEmpty, "Inline content has a type.")
    case .ipfs, .ipns, .arweave, .arweaveName, .http:
        guard let canonical = uri.canonical,
            let url = uri.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test")
        else { preconditionFailure("There is something to fetch.") }
        precondition(
            url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C }, "A URL is plain: \(url)")
        let again = TokenURI(parsing: canonical)
        // What comes near the limit grows past it when it is encoded.
        guard canonical.utf8.count <= TokenURI.lengthLimit else { return }
        precondition(again.canonical == canonical, "\(canonical) becomes \(again)")
        precondition(again.isImmutable == uri.isImmutable, "\(canonical) stays what it is.")
    }
}
