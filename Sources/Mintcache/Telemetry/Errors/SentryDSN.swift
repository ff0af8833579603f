import Tokens
import UpstreamFetching

/// Where errors are reported to: `https://<key>@<host>[:port]/[path/]<project>`, as Sentry gives it for each project.
struct SentryDSN: Sendable, Equatable {
    /// Not printed anywhere.
    let publicKey: String
    /// `POST`ed to.
    let envelopeURL: String

    /// `nil` for what is no DSN.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://"), ["http", "https"].contains(text[..<scheme.lowerBound]) else {
            return nil
        }
        let rest = text[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/"), let at = rest[..<slash].firstIndex(of: "@") else { return nil }
        // Old ones have a secret after a colon, which is no longer asked for.
        let key = rest[..<at].prefix { $0 != ":" }
        let host = rest[rest.index(after: at)..<slash]
        var path = rest[slash...].split(separator: "/")
        guard !host.isEmpty, let project = path.popLast(), ([key, project] + path).allSatisfy(Self.isWord) else {
            return nil
        }
        let prefix = path.map { "/" + $0 }.joined()
        let url = "\(text[..<scheme.lowerBound])://\(host)\(prefix)/api/\(project)/envelope/"
        guard (try? UpstreamURL(parsing: url)) != nil else { return nil }
        publicKey = String(key)
        envelopeURL = url
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                case _: false
                }
            }
    }
}
