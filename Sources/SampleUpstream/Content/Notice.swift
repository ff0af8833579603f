import Tokens

/// A file on the simulated IPFS whose identifier is the digest of its bytes, so that they can be checked.
enum Notice {
    static let text = "Everything here is made up, and is the same every time.\n"
    static let identifier = ContentIdentifier.raw(Array(text.utf8))

    static var folders: [String: any ContentFolder] {
        ["/ipfs/\(identifier)": SingleFile(resource: Resource(text, contentType: "text/plain; charset=utf-8"))]
    }
}

extension SampleUpstream {
    /// Where the gateways have a file whose bytes can be checked against its address, and the file.
    public static var notice: (path: String, text: String) { ("/ipfs/\(Notice.identifier)", Notice.text) }
}
