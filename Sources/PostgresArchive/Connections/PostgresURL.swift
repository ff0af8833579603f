private import CPostgres
public import Caching

/// Where a PostgreSQL server is and how to speak to it: `postgres://user:password@host:port/database?sslmode=…`, with
/// every parameter libpq knows (PostgreSQL manual, 34.1), several hosts included. Shows itself without the password.
public struct PostgresURL: Sendable, CustomStringConvertible, CustomReflectable {
    /// libpq's keywords with the values given.
    let options: [String: String]

    /// Throws `.invalid` without quoting the text, which may hold a password anywhere.
    public init(_ text: String) throws(StoreError) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), !text.utf8.contains(0) else {
            throw StoreError(
                kind: .invalid, detail: "a PostgreSQL URL has the form postgres://user:password@host:5432/database")
        }
        var reason: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(reason) }
        guard let parsed = PQconninfoParse(text, &reason).map(Self.take), Self.hasNumericPorts(parsed) else {
            throw StoreError(
                kind: .invalid,
                detail: "the PostgreSQL URL cannot be read; write postgres://user:password@host:5432/database and "
                    + "percent-encode special characters in the password")
        }
        options = parsed
    }

    /// libpq looks at them only when it connects, and a password with a slip in it ends up there.
    private static func hasNumericPorts(_ options: [String: String]) -> Bool {
        (options["port"] ?? "").split(separator: ",").allSatisfy { UInt16($0) != nil }
    }

    /// Reads and frees libpq's list of options.
    private static func take(_ list: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        defer { PQconninfoFree(list) }
        var options: [String: String] = [:]
        // Safe: the list ends with an entry without a keyword.
        for entry in sequence(first: list, next: { $0 + 1 }) {
            guard let keyword = entry.pointee.keyword else { break }
            if let value = entry.pointee.val { options[String(cString: keyword)] = String(cString: value) }
        }
        return options
    }

    /// An option as given, else what libpq takes from the environment.
    func option(_ keyword: String) -> String? {
        if let given = options[keyword] { return given }
        guard let defaults = PQconndefaults() else { return nil }
        return Self.take(defaults)[keyword]
    }

    /// `postgres://user@host:port/database`, without the password and the other parameters.
    public var description: String {
        let user = options["user"].map { "\($0)@" } ?? ""
        let hosts = PostgresHost.list(self).map(\.description).joined(separator: ",")
        return "postgres://\(user)\(hosts)/\(options["dbname"] ?? "")"
    }

    /// What dump(_:) and debuggers show: no password either.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// Removes the password from words that may quote it.
    func redact(_ words: String) -> String {
        let lines = words.split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }
            .joined(separator: "; ")
        guard let password = option("password"), !password.isEmpty else { return lines }
        return lines.split(separator: password, omittingEmptySubsequences: false).joined(separator: "***")
    }
}
