import Testing

@testable import Tokens

private func content(_ uri: String) -> String? {
    guard case .data(_, let bytes) = TokenURI(parsing: uri) else { return nil }
    return text(bytes)
}

private func document(_ uri: String) -> String? {
    guard case .data(let mediaType, let bytes) = TokenURI(parsing: uri) else { return nil }
    switch DocumentReading(body: bytes, contentType: mediaType, uri: uri) {
    case .document(let document), .synthesized(let document): return text(document)
    case .unusable: return nil
    }
}

@Suite struct `URIs that carry their content` {
    @Test(arguments: [
        "data:application/json;base64,eyJuYW1lIjoiPz8+In0=", "data:application/json;base64,eyJuYW1lIjoiPz8+In0",
        "data:application/json;base64,eyJuYW1lIjoiPz8-In0=", "data:application/json;base64,eyJu\n YW1l\tIjoiPz8+In0=",
        "data:application/json;base64,eyJuYW1lIjoiPz8%2BIn0%3D", " data:application/json;base64,eyJuYW1lIjoiPz8+In0=\0",
    ])
    func `E-55 base 64 is read in both alphabets, unpadded, with white space`(uri: String) {
        #expect(content(uri) == #"{"name":"??>"}"#)
    }

    @Test func `E-56 a parameter that is none does no harm`() {
        #expect(document(#"data:application/json;utf8,{"name":"OMNI #3000"}"#) == #"{"name":"OMNI #3000"}"#)
        #expect(document(#"data:application/json;charset=UTF-8;utf8;x="y",{"name":"a"}"#) == #"{"name":"a"}"#)
    }

    @Test func `E-57 unescaped JSON is not cut at its first number sign`() {
        #expect(
            document(##"data:application/json,{"name":"#1 #2","image":"<svg fill='#fff'>"}"##)?.hasSuffix("'#fff'>\"}")
                == true)
    }

    @Test(arguments: [
        ("data:application/json,%7B%22name%22%3A%22a%20b%22%7D", #"{"name":"a b"}"#),
        (#"data:application/json,{"name":"a%20b"}"#, #"{"name":"a b"}"#),
        (#"data:application/json,{"name":"100%"}"#, #"{"name":"100%"}"#),
        (#"data:application/json,{"name":"100% %22pure%22"}"#, #"{"name":"100% %22pure%22"}"#),
        (#"data:application/json,{"name":"%2520"}"#, #"{"name":"%20"}"#),
        (
            #"data:application/json,{"image":"data:image/svg+xml,%3Csvg a=%22b%22/%3E"}"#,
            #"{"image":"data:image/svg+xml,%3Csvg a=%22b%22/%3E"}"#
        ),
    ])
    func `E-58 it is decoded once, unless only the undecoded text is JSON`(uri: String, expected: String) {
        #expect(document(uri) == expected)
    }

    @Test(arguments: [
        ("data:application/json;charset=utf-8;base64,eyJhIjoxfQ==", "application/json"),
        ("DATA:APPLICATION/JSON;BASE64,eyJhIjoxfQ==", "application/json"),
        ("data:application/json;a=b;c=d;base64,eyJhIjoxfQ==", "application/json"),
        ("data:;base64,eyJhIjoxfQ==", "text/plain"), ("data:base64,eyJhIjoxfQ==", "text/plain"),
        (#"data:,{"a":1}"#, "text/plain"), (#"data:application/ld+json,{"a":1}"#, "application/ld+json"),
    ])
    func `E-59 parameters, capitals and a missing type are read`(uri: String, type: String) {
        #expect(TokenURI(parsing: uri) == .data(mediaType: type, bytes: Array(#"{"a":1}"#.utf8)))
    }

    @Test(arguments: [
        #"data:application/json;base64,{"a":1}"#, #"data:application/json;base64, {"a":1}"#,
        "data:application/json,eyJhIjoxfQ==", "data:application/json,eyAiYSI6MX0=", "data:application/json,ewoiYSI6MX0",
        "data:application/json;base64,%7B%22a%22%3A1%7D",
    ])
    func `E-60 the content is believed, not the flag`(uri: String) {
        #expect(document(uri)?.filter { !$0.isWhitespace } == #"{"a":1}"#)
    }

    @Test func `E-60 markup under the flag of base 64 is markup`() {
        #expect(
            TokenURI(parsing: "data:image/svg+xml;base64,<svg a='#b'/>")
                == .data(mediaType: "image/svg+xml", bytes: Array("<svg a='#b'/>".utf8)))
    }

    @Test(arguments: [
        #"data:text/plain,{"name":"a"}"#, #"data:text/html,{"name":"a"}"#,
        #"data:application/octet-stream,{"name":"a"}"#,
    ])
    func `E-61 JSON of another type is JSON`(uri: String) {
        #expect(document(uri) == #"{"name":"a"}"#)
    }

    @Test func `E-61 text and pages on chain stand for themselves, error texts behind URLs do not`() {
        #expect(document("data:text/plain,..|..%0A") == #"{"animation_url":"data:text/plain,..|..%0A"}"#)
        #expect(document("data:text/html,<html></html>") == #"{"animation_url":"data:text/html,<html></html>"}"#)
        let page = DocumentReading(body: Array("..|..".utf8), contentType: "text/plain", uri: "https://h.test/1")
        guard case .unusable = page else {
            Issue.record("text behind a URL passed for a document")
            return
        }
    }

    @Test(arguments: [
        "data:image/svg+xml;base64,PHN2Zy8+", "data:image/svg+xml;utf8,<svg/>", "data:image/png;base64,iVBORw0KGgo=",
        "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", "<svg/>",
    ])
    func `E-62 an image in place of the URI is the token's image`(uri: String) throws {
        let standIn = try #require(document(uri))
        #expect(try JSONDocument(validating: Array(standIn.utf8)).root["image"]?.string == uri)
    }

    @Test func `E-63 JSON in place of the URI is the document`() {
        #expect(document(#"{"name":"a","image":"ipfs://x"}"#) == #"{"name":"a","image":"ipfs://x"}"#)
        #expect(document("json:\n{\"name\":\"a\"}") == #"{"name":"a"}"#)
        #expect(document(#" '{"name":"a"}' "#) == #"{"name":"a"}"#)
    }

    @Test(arguments: [
        "data:application/json", "data:application/json;base64", "data:;base64,A", "data:image/png;base64,****",
    ])
    func `what cannot be decoded says so`(uri: String) {
        #expect(TokenURI(parsing: uri) == .unsupported(reason: "the data URI cannot be decoded"))
    }

    @Test(arguments: [
        ("data:image/png;base64,iVBORw0KGgo=", true), ("data:image/png;base64,iVBORw0KGgo", true),
        ("data:image/png;base64,_-8", false), ("data:image/svg+xml,<svg/>", false),
        ("data:image/svg+xml,%3Csvg/%3E", true), ("data:image/svg+xml;base64,%3Csvg/%3E", false),
        ("data:image/svg+xml;utf8,%3Csvg%20a='%23b'/%3E", true),
    ])
    func `it is known which of them browsers read alike`(uri: String, isRead: Bool) throws {
        guard case .data(let type, let bytes) = TokenURI(parsing: uri) else {
            throw IdentifierError.invalidAsset(detail: uri)
        }
        #expect(DataURI.isRead(Array(uri.utf8), byBrowsersAs: type, bytes) == isRead)
    }
}
