import HTTPServing

/// What stands under `/auth/`.
enum AuthResource: String {
    case nonce, verify, session, sessions

    private static let prefix = "/auth/"

    /// Whether a path lies there, in whatever spelling.
    static func isPrefix(of path: UnsafeRawBufferPointer) -> Bool {
        if path.starts(with: prefix.utf8) { return true }
        guard path.contains(0x25) else { return false }
        return CanonicalPath.plain(path)?.hasPrefix(prefix) ?? false
    }

    /// - Parameter path: in its plain spelling.
    init?(path: String) {
        guard path.hasPrefix(Self.prefix) else { return nil }
        self.init(rawValue: String(path.dropFirst(Self.prefix.count)))
    }

    /// What `Allow` says.
    var methods: String {
        switch self {
        case .nonce, .verify: "POST, OPTIONS"
        case .session: "GET, HEAD, PATCH, DELETE, OPTIONS"
        case .sessions: "GET, HEAD, DELETE, OPTIONS"
        }
    }

    /// Whether a method other than OPTIONS is among them.
    func allows(_ method: RequestMethod) -> Bool {
        switch self {
        case .nonce, .verify: method == .post
        case .session: [.get, .head, .patch, .delete].contains(method)
        case .sessions: [.get, .head, .delete].contains(method)
        }
    }
}
