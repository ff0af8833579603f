import Testing

@testable import Tokens

private func reading(_ body: [UInt8], type: String? = nil) -> DocumentReading {
    DocumentReading(body: body, contentType: type, uri: "https://h.test/1")
}

private func reading(_ body: String, type: String? = nil) -> DocumentReading { reading(Array(body.utf8), type: type) }

private func failure(_ body: String, type: String? = nil) -> DocumentFailure? {
    guard case .unusable(let failure) = reading(body, type: type) else { return nil }
    return failure
}

private func document(_ body: [UInt8], type: String? = nil) -> String? {
    guard case .document(let bytes) = reading(body, type: type) else { return nil }
    return text(bytes)
}

@Suite struct `Answers in place of documents` {
    @Test(arguments: [
        ("<!DOCTYPE html><html><head><title>My collection</title></head></html>", DocumentFailure.Kind.malformed),
        ("<html><head><TITLE lang=en>\n 404 Not Found </TITLE>", .absent), ("<html><h1>Not Found</h1>", .absent),
        ("<html><title>404</title>", .absent), ("<html><title>Error 503</title>", .retryable),
        ("<html><title>502 Bad Gateway</title><center>nginx</center>", .retryable),
        ("<html><title>h.test | 522: Connection timed out</title>", .retryable),
        ("<html><title>429 Too Many Requests</title>", .retryable),
        ("<!doctype html><title>Just a moment...</title>", .refused),
        ("<html><title>Attention Required! | Cloudflare</title>", .refused),
        ("<html><title>403 Forbidden</title>", .refused), ("<html>", .malformed),
        ("<html><title>/ipfs/bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey</title>", .malformed),
        ("<html><title>Index of /metadata</title>", .malformed),
    ])
    func `E-100 a web page at 200 is a failure that tells by its title`(page: String, kind: DocumentFailure.Kind) {
        #expect(failure(page)?.kind == kind)
        #expect(failure(page, type: "application/json")?.kind == kind)
    }

    @Test func `E-48 and E-100 the listing of a directory is named as what it is`() {
        #expect(failure("<html><title>/ipfs/bafy</title>")?.reason.contains("names a directory") == true)
        #expect(failure("<html><title>Index of /</title>")?.reason.contains("names a directory") == true)
    }

    @Test(arguments: [
        (#"{"message":"not found"}"#, DocumentFailure.Kind.absent), (#"{"statusCode":404}"#, .absent),
        (#"{"error":"Token does not exist"}"#, .absent), (#"{"error":{"code":404,"message":"x"}}"#, .absent),
        (#"{"type":"about:blank","title":"Not Found","status":404}"#, .absent),
        (#"{"name":"NotFound","message":"No record found for id '1'","code":404,"errors":{}}"#, .absent),
        (#"{"status":"410","detail":"gone"}"#, .absent), (#"{"data":{"message":"no such token"}}"#, .absent),
        (#"{"error":"Rate limit exceeded"}"#, .retryable), (#"{"message":"Internal Server Error"}"#, .retryable),
        (#"{"message":"Endpoint request timed out"}"#, .retryable), (#"{"code":429}"#, .retryable),
        (#"{"status_code":500,"message":"token not found"}"#, .retryable), (#"{"errors":["throttled"]}"#, .retryable),
        (#"{"message":"Forbidden"}"#, .refused), (#"{"error":"invalid api key"}"#, .refused),
        (#"{"code":401,"message":"x"}"#, .refused), (#"{"message":"hello"}"#, .malformed),
        (#"{"success":false}"#, .malformed), (#"{"status":400,"message":"bad id"}"#, .malformed),
    ])
    func `E-101 an error object at 200 is a failure of its kind`(body: String, kind: DocumentFailure.Kind) {
        #expect(failure(body)?.kind == kind, "\(body): \(String(describing: failure(body)))")
    }

    @Test(arguments: [
        #"{"name":"A","message":"hi"}"#, #"{"image":"x","status":404}"#, #"{"attributes":[],"error":"none"}"#,
        #"{"description":"d","code":"X1"}"#, #"{"name":"A","status":"minted","code":7}"#, #"{"custom":1}"#, "{}",
        #"{"status":"ok","data":{"name":"A"}}"#, #"{"image":null,"name":"Not found"}"#, #"{"status":"ok"}"#,
    ])
    func `E-101 metadata with such members is metadata`(body: String) {
        #expect(document(Array(body.utf8)) == body)
    }

    @Test(arguments: [
        ("Not Found", DocumentFailure.Kind.absent), ("ipfs resolve: no link named \"1\" under bafy", .absent),
        ("Rate limit exceeded, try again later", .retryable), ("Pending", .retryable), ("error code: 1015", .malformed),
        ("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", .absent),
        ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", .refused),
        ("<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>", .retryable), ("\"not found\"", .absent),
    ])
    func `E-101 a message at 200 is a failure of its kind`(body: String, kind: DocumentFailure.Kind) {
        #expect(failure(body)?.kind == kind)
    }

    @Test(arguments: [
        ("", DocumentFailure.Kind.absent), (" \r\n\t", .absent), ("null", .absent), ("[]", .malformed),
        ("3", .malformed),
        ("\"string\"", .malformed), ("true", .malformed), ("[1]", .malformed),
        (#"[{"name":"a"},{"name":"b"}]"#, .malformed),
    ])
    func `E-102 nothing, and values that are no object, are failures`(body: String, kind: DocumentFailure.Kind) {
        #expect(failure(body)?.kind == kind)
    }

    @Test(arguments: ["text/plain", "application/octet-stream", "text/html; charset=utf-8", "image/png", "", nil])
    func `E-104 JSON is JSON whatever its content type`(type: String?) {
        #expect(document(Array(#"{"name":"A"}"#.utf8), type: type) == #"{"name":"A"}"#)
    }

    @Test(arguments: [
        ("89504e470d0a1a0a", nil, "image"), ("ffd8ffe0", "text/plain", "image"), ("474946383961", nil, "image"),
        ("52494646000000005745425056503820", nil, "image"), ("0000002066747970617669660000", nil, "image"),
        ("3c73766720786d6c6e733d2778272f3e", "application/json", "image"),
        ("00000000667479706d703432", nil, "animation_url"),
        ("1a45dfa3", nil, "animation_url"), ("494433040000", nil, "animation_url"),
        ("676c5446020000", nil, "animation_url"),
        ("00010203", "image/x-new", "image"), ("00010203", "model/gltf-binary", "animation_url"),
    ])
    func `E-105 media in place of JSON become a document that points at them`(hex: String, type: String?, field: String)
    {
        let expected = Array("{\"\(field)\":\"https://h.test/1\"}".utf8)
        #expect(reading(bytes(hex: hex), type: type) == .synthesized(expected))
    }
}

@Suite struct `Documents that are not quite JSON` {
    @Test func `E-130 a byte order mark is passed over`() {
        #expect(document(Array("\u{FEFF}{\"name\":1}".utf8)) == "\u{FEFF}{\"name\":1}")
    }

    @Test(arguments: [true, false], [true, false])
    func `E-131 UTF-16 is told by its mark or by its zeros`(isBigEndian: Bool, isMarked: Bool) {
        let units = Array(((isMarked ? "\u{FEFF}" : "") + "{\"name\":\"é😀\"}").utf16)
        let body = units.flatMap { unit in
            isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
        }
        #expect(document(body, type: "application/json; charset=utf-8") == "{\"name\":\"é😀\"}")
        #expect(document(body.dropLast()) == nil)
    }

    @Test func `E-131 Latin 1 is believed where it is declared and the bytes are not UTF-8`() {
        let latin = Array("{\"name\":\"caf".utf8) + [0xE9, 0x20, 0x80] + Array("\"}".utf8)
        for charset in ["iso-8859-1", "ISO-8859-1", "\"windows-1252\"", "latin1"] {
            #expect(document(latin, type: "application/json;charset=\(charset)") == "{\"name\":\"café €\"}")
        }
        #expect(document(latin, type: "application/json") == nil)
        #expect(document(latin, type: "application/json; charset=utf-8") == nil)
        let utf8 = "{\"name\":\"café\"}"
        #expect(document(Array(utf8.utf8), type: "application/json; charset=iso-8859-1") == utf8)
    }

    @Test(arguments: [
        #"{"name":"A",}"#, #"{"attributes":[{"value":1,},],}"#, "{/* c */\"name\":\"A\"} // end", "{'name':'A'}",
        "{name:'A'}",
    ])
    func `E-132 trailing commas, comments and single quotes are read and kept`(body: String) {
        #expect(document(Array(body.utf8)) == body)
    }

    @Test func `E-133 raw control characters in strings are read and kept`() {
        #expect(document(Array("{\"name\":\"a\nb\tc\u{1}\"}".utf8)) == "{\"name\":\"a\nb\tc\u{1}\"}")
    }

    @Test func `E-134 unescaped quotes cannot be mended`() {
        let failure = failure(#"{"name":"The "Best" Cat"}"#)
        #expect(failure?.kind == .malformed && failure?.reason.contains("unexpected 'B' at byte 14") == true)
    }

    @Test func `E-135 and E-136 duplicates, order and numbers are kept as they are`() {
        let body = #" {"b":1e999,"a":-0,"b":1234567890123456789012345678901234567890,"c":1.50} "#
        #expect(document(Array(body.utf8)) == body)
    }

    @Test(arguments: ["{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":01}"])
    func `E-136 numbers that JSON does not have are refused`(body: String) {
        #expect(failure(body)?.kind == .malformed)
    }

    @Test func `E-136 nesting is bounded`() {
        let depth = JSONDocument.depthLimit
        let deep = { (count: Int) in
            "{\"name\":" + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        }
        #expect(document(Array(deep(depth - 1).utf8)) != nil)
        #expect(failure(deep(depth))?.reason.contains("nested deeper") == true)
        #expect(failure(deep(100_000))?.kind == .malformed)
    }

    @Test func `E-137 escapes that no store likes are kept`() {
        let body = #"{"name":"a\u0000b\ud83d"}"#
        #expect(document(Array(body.utf8)) == body)
    }

    @Test func `E-138 a document in a string is a document, decoded once`() {
        #expect(document(Array(#""{\"name\":\"A\"}""#.utf8)) == #"{"name":"A"}"#)
        #expect(failure(#""\"{}\"""#)?.kind == .malformed)
        #expect(failure(#""{\"message\":\"not found\"}""#)?.kind == .absent)
    }

    @Test(arguments: [
        #"{"data":{"name":"A"}}"#, #"{"metadata":"{\"name\":\"A\"}"}"#, #"[{"name":"A"}]"#,
        #"{"result":{"nft":{"name":"A"}}}"#,
    ])
    func `E-139 a wrapped document is kept as it is`(body: String) {
        #expect(document(Array(body.utf8)) == body)
    }

    @Test(arguments: [
        "callback({\"name\":\"A\"})", "{\"name\":\"A\"} trailing", "{\"name\":\"A\"}{\"name\":\"B\"}", ")]}',{}",
    ])
    func `E-140 what surrounds an object spoils it`(body: String) {
        #expect(failure(body)?.kind == .malformed)
    }

    @Test func `E-141 a document may hold its image`() {
        let body = "{\"image\":\"data:image/png;base64,\(String(repeating: "AAAA", count: 500_000))\"}"
        #expect(document(Array(body.utf8))?.utf8.count == body.utf8.count)
    }
}
