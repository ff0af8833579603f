import Foundation
import Testing
import Tokens

/// Real documents and URIs, read by path where they are present; the suites pass without them.
enum Corpus {
    static let folder: URL? = {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.deletingLastPathComponent().appendingPathComponent("shared/corpus")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static var isPresent: Bool { folder != nil }

    static func json(_ name: String) throws -> JSONValue {
        try JSONDocument(validating: bytes(name)).root
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try #require(folder).appendingPathComponent(name)))
    }

    /// The entries of the index of one kind: `metadata` for documents, `token_uri` for URIs that carry theirs.
    static func entries(_ kind: String) throws -> [(file: String, uri: String?)] {
        try json("index.json").elements.filter { $0["kind"]?.string == kind }
            .map { ($0["file"]?.string ?? "", $0["token_uri"]?.string) }
    }

    /// The token object of a document.
    static func object(of document: [UInt8], at uri: String?) throws -> TokenObject {
        let record = TokenRecord(
            reference: try .sample(), outcome: .document, tokenURI: uri, document: document, fetchedAt: 0, freshUntil: 0
        )
        let links = MediaLinks { $0.url(ipfsGateway: "https://ipfs.io", arweaveGateway: "https://arweave.net") }
        return try TokenView.tokenObject(for: record, stale: false, links: links)
    }
}
