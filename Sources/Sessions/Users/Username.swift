/// A name that a user chose: 3 to 32 letters, digits, underscores and hyphens.
public struct Username: Sendable, Hashable {
    public enum Fault: Error, Sendable, Equatable {
        /// Too short, too long, or with other characters.
        case form
        /// One that people would take for the site itself.
        case reserved
    }

    public let text: String

    public init(_ text: String) throws(Fault) {
        guard (3...32).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { throw .form }
        let plain = text.lowercased().filter { $0 != "_" && $0 != "-" }
        guard !plain.isEmpty, !Self.reserved.contains(plain) else { throw .reserved }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        case _: false
        }
    }

    /// In lower case, without what joins words.
    private static let reserved: Set<String> = [
        "account", "accounts", "admin", "administrator", "admins", "all", "anonymous", "api", "auth", "billing", "bot",
        "contact", "everyone", "guest", "help", "helpdesk", "here", "info", "login", "logout", "me", "mintcache", "mod",
        "moderator", "moderators", "mods", "nil", "nobody", "null", "official", "operator", "owner", "postmaster",
        "root", "security", "service", "session", "sessions", "settings", "signin", "signout", "signup", "staff",
        "status", "superuser", "support", "sysadmin", "system", "team", "undefined", "user", "username", "users",
        "verified", "verify", "wallet", "webmaster", "www",
    ]
}
