import Foundation
import Testing
import Tokens

@Suite("The corpus", .enabled(if: Corpus.isPresent))
struct CorpusTests {
    private static let directory = "QmbpJhWFiwzNu7MebvKG3hrYiyWmSiz5dTUYMQLXsjT9vw"
    private static let padded = String(repeating: "0", count: 63) + "7"

    /// URIs that are not understood as their projects understand them, and what becomes of them here; nil for nothing.
    private static let disagreements: [String: String?] = [
        // Expected below a gateway's /ipfs/. Neither `folder` nor `abc` is an identifier of content, so that no gateway
        // can have anything there, and other cases of the corpus expect that such a path is no content: the client is
        // told so at once, instead of after a request to each gateway.
        "ipfs://folder/abc": nil,
        "ipfs:///ipfs/abc": nil,
        // The same; an identifier further down a path names nothing.
        "ipfs:///folder/subfolder/\(directory)": nil,
        // Expected with `7-es`, for Stacks, where `{id}` is decimal, and with the language as an argument. ERC-1155, whose
        // own example the corpus has too, demands 64 digits, and has no language but the document's default to ask for.
        // Hosts that know the decimal number are asked by that next.
        "https://ipfs.io/ipfs/QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn/{id}-{locale}.json":
            "https://ipfs.io/ipfs/QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn/\(padded)-en.json",
    ]

    @Test("has URIs that are understood as other projects understand them, but for four that are argued against")
    func uris() throws {
        var count = 0
        var found: [String: String?] = [:]
        for entry in try #require(try Corpus.json("uri-cases.json")["cases"]).elements {
            count += 1
            let text = entry["uri"]?.string ?? ""
            let uri = TokenURI(
                parsing: text, for: try entry["token_id"]?.string.map { try TokenIdentifier(parsing: $0) })
            if !agrees(uri, with: entry["expect"], uri: text) { found.updateValue(Self.url(of: uri), forKey: text) }
        }
        #expect(count == 96)
        #expect(found == Self.disagreements)
    }

    private static func url(of uri: TokenURI) -> String? {
        uri.url(ipfsGateway: "https://ipfs.io", arweaveGateway: "https://arweave.net")
    }

    private func agrees(_ uri: TokenURI, with expected: JSONValue?, uri text: String) -> Bool {
        guard let expected, !expected.isNull else {
            switch uri {
            case .ipfs, .arweave: return false
            case .ipns, .arweaveName, .http, .data, .unsupported: return true
            }
        }
        if expected.kind == .object {
            return uri
                == .data(mediaType: expected["mime"]?.string ?? "", bytes: Array((expected["body"]?.string ?? "").utf8))
        }
        guard let wanted = expected.string else { return false }
        if wanted.hasPrefix("ipfs://") { return uri.canonical == wanted }
        if case .data = uri { return wanted == text }
        return Self.url(of: uri) == wanted.replacingOccurrences(of: "{gateway}", with: "https://ipfs.io")
    }

    @Test("has documents that are all read, but for two that are none")
    func documents() throws {
        let entries = try Corpus.entries("metadata")
        #expect(entries.count == 262)
        for (file, uri) in entries {
            let body = try Corpus.bytes(file)
            switch DocumentReading(body: body, contentType: nil, uri: uri ?? "") {
            case .document(let document): try check(try Corpus.object(of: document, at: uri), of: document, file)
            case .synthesized: Issue.record("\(file) was taken for media")
            // One is JSON's null, the other breaks off in a value.
            case .unusable: #expect(["docs/0257.json", "docs/0390.json"].contains(file))
            }
        }
    }

    @Test("has URIs that carry documents, artwork in SVG and artwork in characters")
    func onchain() throws {
        let entries = try Corpus.entries("token_uri")
        #expect(entries.count == 12)
        for (file, _) in entries {
            let text = String(decoding: try Corpus.bytes(file), as: UTF8.self)
            guard case .data(let mediaType, let content) = TokenURI(parsing: text) else {
                Issue.record("\(file) is not inline")
                continue
            }
            switch DocumentReading(body: content, contentType: mediaType, uri: text) {
            case .document(let document): try check(try Corpus.object(of: document, at: text), of: content, file)
            case .synthesized(let document):
                #expect(mediaType != "application/json", "\(file)")
                try check(try Corpus.object(of: document, at: text), of: document, file)
            case .unusable(let failure): Issue.record("\(file): \(failure.reason)")
            }
        }
    }

    /// The document stands inside as it came, unless it had to be mended to be JSON.
    private func check(_ object: TokenObject, of document: [UInt8], _ file: String) throws {
        let root = try JSONDocument(validating: object.bytes).root
        TokenObjectShape.check(root, file)
        if object.isDocumentVerbatim {
            #expect(Array(object.bytes[object.documentRange]) == document, "\(file)")
        } else {
            #expect(["docs/0349.json", "docs/0389.json"].contains(file))
        }
        _ = try JSONSerialization.jsonObject(with: Data(object.bytes))
    }
}
