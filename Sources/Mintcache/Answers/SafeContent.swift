import HTTPCaching
import Tokens

/// How content of strangers is sent: so that browsers show it, and never run it on our origin.
///
/// Images, sound, video, fonts and models keep their type, told by their first bytes where possible. SVG is shown under
/// a policy without scripts and without loads. JSON and text are shown. Web pages, XML, scripts and style sheets are
/// sent as the text that they are. Everything else is saved, not shown.
struct SafeContent: Sendable, Equatable {
    /// The value of `Content-Type`.
    let type: String
    private let isVector: Bool
    /// Whether browsers are to save it.
    let isAttachment: Bool
    /// Whether it is text that compresses well.
    var isText: Bool { isVector || type.hasPrefix("text/") || type == "application/json" }
    /// Whether it is an image, which may stand for a token.
    var isImage: Bool { type.hasPrefix("image/") }

    /// - Parameters:
    ///   - start: what the content begins with, ``MediaType/lookLength`` bytes if there are as many.
    ///   - declared: the media type that came with it.
    init(_ start: some Collection<UInt8>, declared: String?) {
        let declared = declared.map(Self.essence)
        let sniffed = MediaType.sniffed(start)
        let type = Self.type(sniffed: sniffed, declared: declared, isText: Self.looksLikeText(start))
        self.type = type
        isVector = type == "image/svg+xml"
        isAttachment = !Self.isMedia(type) && !isVector && !type.hasPrefix("text/") && type != "application/json"
    }

    /// The header fields that say so.
    ///
    /// - Parameter filename: of plain ASCII letters, digits, dots and hyphens; without its ending. `nil` leaves it to the
    ///   URL.
    func fields(filename: String? = nil) -> HeaderFields {
        var fields = HeaderFields([
            FieldLine("Content-Type", type), FieldLine("X-Content-Type-Options", "nosniff"),
            FieldLine("Content-Security-Policy", policy), FieldLine("Cross-Origin-Resource-Policy", "cross-origin"),
        ])
        switch (isAttachment, filename) {
        case (true, nil): fields.append("Content-Disposition", "attachment")
        case (false, nil): break
        case (_, let name?):
            let use = isAttachment ? "attachment" : "inline"
            fields.append("Content-Disposition", "\(use); filename=\"\(name)\(ending)\"")
        }
        return fields
    }

    /// The same as lines of a head, each with its CRLF.
    func lines(filename: String? = nil) -> String {
        String(decoding: fields(filename: filename).encoded, as: UTF8.self)
    }

    /// `sandbox` also keeps `<meta http-equiv="refresh">` and forms from working (HTML standard, section 7.1.5).
    private var policy: String {
        isVector || !Self.isMedia(type)
            ? "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
            : "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"
    }

    private var ending: String {
        switch type {
        case "image/svg+xml": ".svg"
        case "image/jpeg": ".jpg"
        case "model/gltf-binary": ".glb"
        case "audio/mpeg": ".mp3"
        case "video/quicktime": ".mov"
        case _ where type.hasPrefix("text/plain"): ".txt"
        case _ where Self.isMedia(type) || type == "application/json":
            "." + type.drop { $0 != "/" }.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        case _: ".bin"
        }
    }

    // MARK: Types

    private static let plainText = "text/plain; charset=utf-8"
    private static let harmless: Set<String> = [
        "application/gzip", "application/ogg", "application/pdf", "application/wasm", "application/zip", "text/csv",
    ]

    private static func type(sniffed: String?, declared: String?, isText: Bool) -> String {
        switch sniffed {
        case "text/html": return plainText
        // Sound and video come in the same containers.
        case let type? where isMedia(type):
            return declared.flatMap { isPlayed($0) && isPlayed(type) ? $0 : nil } ?? type
        case let type?: return type
        case nil: break
        }
        guard let declared else { return isText ? plainText : "application/octet-stream" }
        if isMedia(declared) || declared == "image/svg+xml" || harmless.contains(declared) { return declared }
        if declared == "application/json" || declared.hasSuffix("+json") { return "application/json" }
        let isReadable = declared.hasPrefix("text/") || declared.hasSuffix("xml") || declared.hasSuffix("script")
        return isReadable || isText ? plainText : "application/octet-stream"
    }

    /// What browsers show, or play, and never interpret.
    private static func isMedia(_ type: String) -> Bool {
        guard type != "image/svg+xml", !type.hasSuffix("xml") else { return false }
        return ["image/", "audio/", "video/", "font/", "model/"].contains(where: type.hasPrefix)
            || type == "application/ogg"
    }

    private static func isPlayed(_ type: String) -> Bool {
        type.hasPrefix("audio/") || type.hasPrefix("video/") || type == "application/ogg"
    }

    /// The type without parameters, in lower case; of what is no type, the one that says nothing.
    private static func essence(_ declared: String) -> String {
        let type = declared.prefix { $0 != ";" && $0 != "," }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        let isType = parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isTypeByte) }
        return isType && type.utf8.count <= 64 ? type : "application/octet-stream"
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case _: "+-._".utf8.contains(byte)
        }
    }

    private static func looksLikeText(_ start: some Collection<UInt8>) -> Bool {
        start.prefix(512).allSatisfy { $0 >= 0x20 || [0x09, 0x0A, 0x0D].contains($0) }
    }
}
