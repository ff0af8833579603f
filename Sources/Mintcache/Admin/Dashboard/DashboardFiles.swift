private import CDashboard
import HTTPServing

/// The files of the dashboard. They hold no data and need no token: what they show, they fetch with the token that
/// somebody types in.
struct DashboardFiles: Sendable {
    private struct File: Sendable {
        let type: String
        let bytes: [UInt8]
        let tag: String
    }

    /// Only files of this listener, no script or style in the page itself, nothing sent anywhere else, in nobody's
    /// frame, and no text that becomes markup. Images come by `fetch`, because a token must be sent, and are shown as
    /// `blob:`; the icon is a file.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' blob:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private let files: [String: File]

    init() {
        var files: [String: File] = [:]
        while let file = cdashboard_file(files.count)?.pointee {
            // Safe: the program's own constants.
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            files[String(cString: file.path)] = File(
                type: String(cString: file.type), bytes: bytes, tag: "\"\(EntityDigest.text(bytes))\"")
        }
        self.files = files
    }

    func contains(_ path: String) -> Bool { files[path] != nil }

    /// The file that a request asks for; nil when it asks for none.
    func response(to request: Request) -> Response? {
        guard request.method == .get, let file = files[request.path] else { return nil }
        var response = Response(
            status: 200,
            fields: [
                ("Content-Type", file.type), ("ETag", file.tag), ("Cache-Control", "no-cache"),
                ("Content-Security-Policy", Self.policy), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ], body: file.bytes)
        // Browsers send back the one tag that they have.
        guard request[.ifNoneMatch] == file.tag else { return response }
        response.status = 304
        response.body = []
        return response
    }
}
