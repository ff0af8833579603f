import Foundation
import Testing
import Tokens

/// Real documents and URIs, read by path where they are present; the suites pass without them.
private enum Corpus {
    static let folder: URL? = {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.deletingLastPathComponent().appendingPathComponent("shared/corpus")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static func json(_ name: String) throws -> JSONValue {
        let url = try #require(folder).appendingPathComponent(name)
        return try JSONDocument(validating: Array(Data(contentsOf: url))).root
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try #require(folder).appendingPathComponent(name)))
    }
}

@Suite("The corpus", .enabled(if: Corpus.folder != nil))
struct CorpusTests {
    @Test("URIs are understood as other projects understand them, but for those that contradict each other")
    func uris() throws {
        let cases = try #require(try Corpus.json("uri-cases.json")["cases"])
        var disagreements: [String] = []
        var count = 0
        for entry in cases.elements {
            count += 1
            let uri = entry["uri"]?.string ?? ""
            let token = try entry["token_id"]?.string.map { try TokenIdentifier(parsing: $0) }
            if !agrees(TokenURI(parsing: uri, for: token), with: entry["expect"], uri: uri) {
                disagreements.append(uri)
            }
        }
        print("corpus: \(count - disagreements.count) of \(count) URIs agree; others: \(disagreements)")
        #expect(count - disagreements.count >= count - 4)
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
        let url = uri.url(ipfsGateway: "https://ipfs.io", arweaveGateway: "https://arweave.net")
        return url == wanted.replacingOccurrences(of: "{gateway}", with: "https://ipfs.io")
    }

    @Test("documents are all classified, and those that are documents have a valid token object around them")
    func documents() throws {
        var unusable: [String: String] = [:]
        var count = 0
        for entry in try Corpus.json("index.json").elements where entry["kind"]?.string == "metadata" {
            count += 1
            let name = entry["file"]?.string ?? ""
            let body = try Corpus.bytes(name)
            switch DocumentReading(body: body, contentType: nil, uri: entry["token_uri"]?.string ?? "") {
            case .document(let bytes): try check(bytes, name: name)
            case .synthesized: Issue.record("\(name) was taken for media")
            case .unusable(let failure): unusable[name] = failure.reason
            }
        }
        #expect(count == 262)
        #expect(Set(unusable.keys) == ["docs/0257.json", "docs/0390.json"], "\(unusable)")
    }

    private func check(_ body: [UInt8], name: String) throws {
        let record = TokenRecord(
            reference: try .sample(), outcome: .document, document: body, fetchedAt: 0, freshUntil: 0
        )
        let links = MediaLinks { $0.url(ipfsGateway: "https://ipfs.io", arweaveGateway: "https://arweave.net") }
        let object = try TokenView.tokenObject(for: record, stale: false, links: links)
        let root = try JSONDocument(validating: object.bytes).root
        #expect(root.members.map(\.name).count == 16, "\(name)")
        if object.isDocumentVerbatim {
            #expect(Array(object.bytes[object.documentRange]) == body, "\(name)")
        } else {
            #expect(["docs/0349.json", "docs/0389.json"].contains(name))
        }
        _ = try JSONSerialization.jsonObject(with: Data(object.bytes))
    }

    @Test("URIs stored on chain decode to documents")
    func onchain() throws {
        for entry in try Corpus.json("index.json").elements where entry["kind"]?.string == "token_uri" {
            let name = entry["file"]?.string ?? ""
            let uri = String(decoding: try Corpus.bytes(name), as: UTF8.self)
            guard case .data(let mediaType, let content) = TokenURI(parsing: uri) else {
                Issue.record("\(name) is not inline")
                continue
            }
            let reading = DocumentReading(body: content, contentType: mediaType, uri: uri)
            if mediaType == "application/json" { #expect(reading == .document(content), "\(name)") }
        }
    }
}
