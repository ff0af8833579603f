import Testing

@testable import Mintcache

@Suite struct `Content of strangers` {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]
    private static let mp4: [UInt8] = [0, 0, 0, 32] + Array("ftypisom".utf8)

    @Test(
        arguments: [
            (png, "text/html", "image/png"), (png, nil, "image/png"), (png, "image/svg+xml", "image/png"),
            (mp4, "audio/mp4", "audio/mp4"), (mp4, "text/html", "video/mp4"), (mp4, "image/png", "video/mp4"),
            (Array("<svg onload='x'>".utf8), "image/png", "image/svg+xml"),
            (Array("<?xml version='1.0'?><!-- a --><svg>".utf8), nil, "image/svg+xml"),
            (Array("OggS".utf8) + [0], "video/ogg", "video/ogg"),
            (Array("OggS".utf8) + [0], "text/html", "application/ogg"),
        ] as [([UInt8], String?, String)])
    func `has the type that its bytes tell`(bytes: [UInt8], declared: String?, type: String) {
        #expect(SafeContent(bytes, declared: declared).type == type)
    }

    @Test(
        arguments: [
            ("<!DOCTYPE html><script>", "image/png"), ("\u{FEFF}  <HTML>", nil), ("alert(1)", "text/javascript"),
            ("alert(1)", "application/javascript"), ("<x/>", "application/xml"), ("<x/>", "text/xml; charset=utf-16"),
            ("<x/>", "application/xhtml+xml"), ("<x/>", "application/xslt+xml"), ("<x/>", "application/rss+xml"),
            ("a{}", "text/css"), ("hello", "text/html"), ("hello", nil), ("hello", "text/plain;charset=utf-7"),
            ("hello", "message/rfc822"), ("hello", "multipart/x-mixed-replace; boundary=x"), ("<x/>", "image/x+xml"),
            ("hello", "text/html, image/png"), ("hello", "no type"),
        ] as [(String, String?)])
    func `that could run is sent as text`(text: String, declared: String?) {
        let content = SafeContent(Array(text.utf8), declared: declared)
        #expect(content.type == "text/plain; charset=utf-8")
        #expect(!content.isAttachment)
    }

    @Test(arguments: [
        ("application/x-shockwave-flash", "application/octet-stream"), ("application/pdf", "application/pdf"),
        ("application/wasm", "application/wasm"), ("text/html", "text/plain; charset=utf-8"),
        ("x\r\nSet-Cookie: a=b/c", "application/octet-stream"),
        ("application/java-archive", "application/octet-stream"),
    ])
    func `of other kinds is saved, unless it is called text`(declared: String, type: String) {
        let content = SafeContent([0, 1, 2, 3], declared: declared)
        #expect(content.type == type)
        #expect(content.isAttachment == !type.hasPrefix("text/"))
        #expect(content.lines().contains("Content-Disposition: attachment\r\n") == content.isAttachment)
    }

    @Test(arguments: [
        ("image/png", "x.png"), ("application/json", "x.json"), ("video/webm", "x.webm"), ("image/svg+xml", "x.svg"),
        ("application/zip", "x.bin"), ("image/vnd.x-y", "x.vnd"),
    ])
    func `has a file name that nobody else chose`(declared: String, filename: String) {
        #expect(SafeContent([0], declared: declared).lines(filename: "x").contains("filename=\"\(filename)\"\r\n"))
    }

    @Test func `is locked in whatever it is`() {
        for declared in ["image/png", "image/svg+xml", "text/html", "application/json", "video/mp4", "font/woff2"] {
            let lines = SafeContent([0], declared: declared).lines()
            #expect(lines.contains("X-Content-Type-Options: nosniff\r\n"))
            #expect(lines.contains("Content-Security-Policy: default-src 'none'; ") && lines.contains("; sandbox\r\n"))
            #expect(!lines.contains("script") && !lines.contains("*"))
        }
    }
}
