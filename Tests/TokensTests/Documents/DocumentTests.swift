import Foundation
import Testing
import Tokens

@Suite("Reading documents")
struct DocumentReadingTests {
    private func reading(_ body: [UInt8], type: String? = nil) -> DocumentReading {
        DocumentReading(body: body, contentType: type, uri: "https://h.test/1")
    }

    @Test(
        "JSON objects are documents, also after repair",
        arguments: [
            "{}", #"{"name":"a"}"#, "\u{FEFF}{\"name\":1}", #"{"a":1,}"#, #" {"x":{}} "#, #"{"name":"x","error":"y"}"#,
        ]
    )
    func documents(body: String) {
        #expect(reading(Array(body.utf8), type: "text/html") == .document(Array(body.utf8)))
    }

    @Test(
        "everything else is refused with a reason",
        arguments: [
            ("", "empty"), (" \n", "empty"), ("[]", "array"), ("null", "null"), ("\"x\"", "string"), ("3", "number"),
            ("true", "boolean"), ("<!DOCTYPE html><html>", "web page"), ("\n<HTML>", "web page"),
            ("{'a':`1`}", "byte 1"),
            (#"{"message":"not found"}"#, "not found"), (#"{"error":{"message":"gone"}}"#, "gone"),
            (#"{"statusCode":404}"#, "404"), (#"{"error":"e","message":"m"}"#, ": m"), ("{\"a\":1} x", "follows"),
        ]
    )
    func refused(body: String, reason: String) {
        guard case .unusable(let failure) = reading(Array(body.utf8)) else {
            Issue.record("accepted \(body)")
            return
        }
        #expect(failure.reason.contains(reason))
    }

    @Test("media in place of JSON become a document that points at them")
    func media() {
        let image = DocumentReading.synthesized(Array(#"{"image":"https://h.test/1"}"#.utf8))
        let animation = DocumentReading.synthesized(Array(#"{"animation_url":"https://h.test/1"}"#.utf8))
        #expect(reading(bytes(hex: "89504e470d0a1a0a00")) == image)
        #expect(reading(bytes(hex: "ffd8ffe0")) == image)
        #expect(reading(Array("<svg xmlns='x'/>".utf8)) == image)
        #expect(reading(Array("<?xml version='1.0'?>\n<!-- x --><svg/>".utf8)) == image)
        #expect(reading(bytes(hex: "00000000 66747970 69736f6d")) == animation)
        #expect(reading([0, 1, 2, 3], type: "image/x-new") == image)
        #expect(reading([0, 1, 2, 3], type: "video/mp4") == animation)
        guard case .unusable = reading(Array("<html>".utf8), type: "image/png") else {
            Issue.record("a web page passed for an image")
            return
        }
    }
}

@Suite("The token object")
struct TokenViewTests {
    @Test("of a CryptoKitty has its picture, its bio and its cattributes")
    func cryptoKitty() throws {
        let kitty = #"""
            {"id":7,"name":null,"status":{"is_ready":true},"image_url_cdn":"https://img.test/7.svg","bio":"Purr.",
             "enhanced_cattributes":[{"type":"body","kittyId":7,"position":-1,"description":"ragamuffin"},
                                     {"type":"eyes","kittyId":7,"position":-1,"description":"thicccbrowz"}]}
            """#
        let root = try JSONDocument(validating: object(kitty).bytes).root
        #expect(root["name"]?.isNull == true)
        #expect(root["image"]?.string == "https://img.test/7.svg")
        #expect(root["description"]?.string == "Purr.")
        let attributes = Array(try #require(root["attributes"]).elements)
        #expect(attributes.map { $0["trait_type"]?.string } == ["body", "eyes"])
        #expect(attributes.map { $0["value"]?.string } == ["ragamuffin", "thicccbrowz"])
    }

    private func object(
        _ document: String, stale: Bool = false, uri: String? = "ipfs://x/1", inlineImage: String? = nil
    ) throws -> TokenObject {
        let record = TokenRecord(
            reference: try .sample(), outcome: .document, standard: .erc721, tokenURI: uri,
            document: Array(document.utf8), contentType: "application/json", etag: "x", fetchedAt: 1_767_323_045_678,
            freshUntil: 0
        )
        var links = MediaLinks { $0.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test") }
        links.inlineImage = inlineImage
        return try TokenView.tokenObject(for: record, stale: stale, links: links)
    }

    private func fields(_ document: String) throws -> JSONValue {
        try JSONDocument(validating: object(document).bytes).root
    }

    private func written(_ name: String, in document: String) throws -> String? {
        try fields(document)[name].map { text($0.text) }
    }

    @Test("has the documented members in the documented order")
    func members() throws {
        let document = #"{"name":"A","image":"https://h.test/1.png"}"#
        let object = try object(document)
        let expected =
            #"{"chain":"eip155:1","contract":"0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13D","token_id":"1","#
            + #""standard":"erc721","token_uri":"ipfs://x/1","name":"A","description":null,"#
            + #""image":"https://h.test/1.png","animation_url":null,"external_url":null,"background_color":null,"#
            + #""attributes":[],"metadata":"# + document
            + #","source":"onchain","fetched_at":"2026-01-02T03:04:05Z","stale":false}"#
        #expect(text(object.bytes) == expected)
        #expect(text(object.bytes[object.documentRange]) == document)
        #expect(object.isDocumentVerbatim)
        #expect(text(try self.object(document, stale: true, uri: nil).bytes).hasSuffix(#""stale":true}"#))
    }

    @Test("keeps the document byte for byte: numbers, order, duplicates, white space")
    func verbatim() throws {
        let document = " {\"b\": 1.50, \"a\":1e999 ,\n\"b\":12345678901234567890123,\"name\":\"\\u0041\\ud83d\"} "
        let object = try object(document)
        #expect(text(object.bytes[object.documentRange]) == document)
        #expect(try written("name", in: document) == #""\u0041\ud83d""#)
    }

    @Test("repairs what it must embed, and says so")
    func repaired() throws {
        let object = try object("\u{FEFF}{\"name\":\"A\",}")
        #expect(!object.isDocumentVerbatim)
        #expect(text(object.bytes[object.documentRange]) == #"{"name":"A"}"#)
        _ = try JSONDocument(validating: object.bytes)
    }

    @Test(
        "finds fields under their other names and in their other types",
        arguments: [
            (#"{"name":3}"#, "name", #""3""#), (#"{"title":"T"}"#, "name", #""T""#),
            (#"{"name":null}"#, "name", "null"),
            (#"{"name":["x"]}"#, "name", "null"), (#"{"name":"a","name":"b"}"#, "name", #""b""#),
            (#"{"title":"Asset Metadata","properties":{"name":{"type":"string","description":"N"}}}"#, "name", #""N""#),
            (#"{"external_link":"https://h.test"}"#, "external_url", #""https://h.test""#),
            (#"{"external_url":"","external_link":"https://b.test"}"#, "external_url", #""https://b.test""#),
            (##"{"background_color":"#aaBB00"}"##, "background_color", #""aaBB00""#),
            (#"{"background_color":"red"}"#, "background_color", "null"),
            (
                #"{"animation":"ar://rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"}"#, "animation_url",
                #""https://a.test/rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI""#
            ),
        ]
    )
    func fallbacks(document: String, field: String, expected: String) throws {
        #expect(try written(field, in: document) == expected)
    }

    @Test(
        "has an image that can be fetched, or none",
        arguments: [
            (
                #""image":"ipfs://ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/a b.png""#,
                "https://g.test/ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/a%20b.png"
            ),
            (#""image":"https://h.test/a b.png""#, "https://h.test/a%20b.png"),
            (#""image":"","image_url":"https://h.test/2""#, "https://h.test/2"),
            (#""image":null,"imageUrl":"https://h.test/3""#, "https://h.test/3"),
            (#""image":{"url":"https://h.test/4"}"#, "https://h.test/4"),
            (#""image":["https://h.test/5","x"]"#, "https://h.test/5"),
            (#""image":"1.png""#, nil), (#""image":3"#, nil), (#""image":"javascript:x""#, nil),
            (#""image":"{}""#, nil), (#""media":{"uri":"https://h.test/6"}"#, "https://h.test/6"),
            (
                #""image":"https://h.test/{id}.png""#,
                "https://h.test/0000000000000000000000000000000000000000000000000000000000000001.png"
            ),
            (#""properties":{"image":{"type":"string","description":"https://h.test/7"}}"#, "https://h.test/7"),
            (#""image":"data:image/png;base64,AAAA""#, "data:image/png;base64,AAAA"),
            (
                ##""image":"data:image/svg+xml;utf8,<svg fill='#f00'/>""##,
                "data:image/svg+xml;base64,PHN2ZyBmaWxsPScjZjAwJy8+"
            ),
            (#""image_data":"<svg/>""#, "data:image/svg+xml;base64,PHN2Zy8+"),
        ]
    )
    func image(members: String, expected: String?) throws {
        #expect(try fields("{" + members + "}")["image"]?.string == expected)
    }

    @Test("repeats an inline image beyond the limit only where it has no URL of its own")
    func hugeImage() throws {
        let image = "data:image/png;base64," + String(repeating: "AAAA", count: 100_000)
        let document = #"{"image":""# + image + #"","animation_url":""# + image + #""}"#
        let whole = try JSONDocument(validating: object(document).bytes).root
        #expect(whole["image"]?.string == image)
        let linked = try JSONDocument(validating: object(document, inlineImage: "https://p.test/image").bytes).root
        #expect(linked["image"]?.string == "https://p.test/image")
        #expect(linked["animation_url"]?.string == image)
    }

    @Test(
        "has attributes in one shape",
        arguments: [
            (
                #""attributes":[{"trait_type":"M","value":"G"}]"#,
                #"[{"trait_type":"M","value":"G","display_type":null}]"#
            ),
            (
                #""attributes":[{"value":1.0,"display_type":"number","trait_type":"L"}]"#,
                #"[{"trait_type":"L","value":1.0,"display_type":"number"}]"#
            ),
            (
                #""attributes":[{"trait_type":null,"value":null}]"#,
                #"[{"trait_type":null,"value":null,"display_type":null}]"#
            ),
            (
                #""attributes":{"M":2,"N":[1]}"#,
                #"[{"trait_type":"M","value":2,"display_type":null},"#
                    + #"{"trait_type":"N","value":"[1]","display_type":null}]"#
            ),
            (#""attributes":["Rare"]"#, #"[{"trait_type":null,"value":"Rare","display_type":null}]"#),
            (
                #""attributes":"[{\"trait_type\":\"M\",\"value\":2}]""#,
                #"[{"trait_type":"M","value":2,"display_type":null}]"#
            ),
            (
                #""attributes":[],"traits":[{"trait_type":"M","value":true}]"#,
                #"[{"trait_type":"M","value":true,"display_type":null}]"#
            ),
            (
                #""properties":{"M":{"value":2,"display_value":"g"},"N":4,"files":[1]}"#,
                #"[{"trait_type":"M","value":2,"display_type":null},{"trait_type":"N","value":4,"display_type":null}]"#
            ),
            (#""properties":[]"#, "[]"), (#""attributes":null"#, "[]"), (#""attributes":3"#, "[]"),
            (#""attributes":"x""#, "[]"),
        ]
    )
    func attributes(members: String, expected: String) throws {
        #expect(try written("attributes", in: "{" + members + "}") == expected)
    }

    @Test("caps the attributes of a hostile document")
    func manyAttributes() throws {
        let document = #"{"attributes":["# + String(repeating: "1,", count: 100_000) + "1]}"
        #expect(try fields(document)["attributes"]?.elements.reduce(0) { count, _ in count + 1 } == 4096)
    }

    @Test("is refused for records without a readable document")
    func refused() throws {
        var record = TokenRecord(reference: try .sample(), outcome: .missing(reason: "x"), fetchedAt: 0, freshUntil: 0)
        #expect(throws: TokenViewError.noDocument) {
            try TokenView.tokenObject(for: record, stale: false, links: MediaLinks { _ in nil })
        }
        record.outcome = .document
        for document in ["", "[]", "{"] {
            record.document = Array(document.utf8)
            #expect(throws: TokenViewError.self) {
                try TokenView.tokenObject(for: record, stale: false, links: MediaLinks { _ in nil })
            }
        }
    }

    @Test("dates agree with Foundation's")
    func dates() throws {
        let formatter = ISO8601DateFormatter()
        var generator = SeededGenerator(seed: 9)
        var record = TokenRecord(
            reference: try .sample(), outcome: .document, document: Array("{}".utf8), fetchedAt: 0, freshUntil: 0
        )
        for _ in 0..<300 {
            record.fetchedAt = Int64(generator.next() % 253_402_300_800) * 1000
            let object = try TokenView.tokenObject(for: record, stale: false, links: MediaLinks { _ in nil })
            let written = try JSONDocument(validating: object.bytes).root["fetched_at"]?.string
            #expect(written == formatter.string(from: Date(timeIntervalSince1970: Double(record.fetchedAt / 1000))))
        }
    }
}
