import EventLoops

/// Where a Redis is and how to sign in: `redis://user:password@host:port/database`, `rediss://` for TLS.
public struct RedisURL: Sendable, Hashable, CustomStringConvertible {
    public static let defaultPort: UInt16 = 6379

    public let usesTLS: Bool
    /// The account (Redis 6 and newer); nil for the default one.
    public let user: String?
    public let password: String?
    /// A name or a numeric address, without brackets.
    public let host: String
    public let port: UInt16
    public let database: Int

    /// Parses the form. User and password may be percent-encoded.
    public init(parsing text: String) throws(RedisURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .character }
        let rest: Substring
        if let found = Self.remainder(of: text, after: "redis://") {
            (usesTLS, rest) = (false, found)
        } else if let found = Self.remainder(of: text, after: "rediss://") {
            (usesTLS, rest) = (true, found)
        } else {
            throw .scheme
        }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw .parameters }
        // A password is often written with its / and @ as they are, so the address begins after the last @.
        let at = rest.lastIndex(of: "@")
        (user, password) = try Self.credentials(at.map { rest[..<$0] })
        let place = at.map { rest[rest.index(after: $0)...] } ?? rest
        let slash = place.firstIndex(of: "/") ?? place.endIndex
        (host, port) = try Self.address(place[..<slash])
        database = try Self.database(place[slash...].dropFirst())
    }

    /// The URL with `***` for the password.
    public var description: String {
        let scheme = usesTLS ? "rediss" : "redis"
        let credentials = password == nil ? "" : "\(user ?? ""):***@"
        let written = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(credentials)\(written):\(port)/\(database)"
    }

    private static func remainder(of text: String, after prefix: String) -> Substring? {
        text.prefix(prefix.count).lowercased() == prefix ? text.dropFirst(prefix.count) : nil
    }

    private static func credentials(_ text: Substring?) throws(RedisURLError) -> (String?, String?) {
        guard let text, !text.isEmpty else { return (nil, nil) }
        guard let colon = text.firstIndex(of: ":") else { throw .passwordMissing }
        let user = try decode(text[..<colon])
        let password = try decode(text[text.index(after: colon)...])
        if password.isEmpty {
            guard user.isEmpty else { throw .passwordMissing }
            return (nil, nil)
        }
        return (user.isEmpty ? nil : user, password)
    }

    private static func decode(_ text: Substring) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.first != UInt8(ascii: "+")
            else { throw .percentEncoding }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func address(_ text: Substring) throws(RedisURLError) -> (String, UInt16) {
        guard text.hasPrefix("[") else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let host = parts.first, !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isNameByte) else {
                throw .host
            }
            return (String(host), try port(parts.count == 2 ? parts[1] : nil))
        }
        guard let end = text.firstIndex(of: "]") else { throw .host }
        let host = text[text.index(after: text.startIndex)..<end]
        let rest = text[text.index(after: end)...]
        guard host.contains(":"), SocketAddress(numericHost: String(host), port: 0) != nil else { throw .host }
        guard rest.isEmpty || rest.hasPrefix(":") else { throw .port }
        return (String(host), try port(rest.isEmpty ? nil : rest.dropFirst()))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }

    private static func port(_ text: Substring?) throws(RedisURLError) -> UInt16 {
        guard let text else { return defaultPort }
        guard let port = UInt16(text), port > 0, text.allSatisfy(\.isNumber) else { throw .port }
        return port
    }

    private static func database(_ text: Substring) throws(RedisURLError) -> Int {
        if text.isEmpty { return 0 }
        guard text.utf8.count <= 6, text.allSatisfy(\.isNumber), let number = Int(text) else { throw .database }
        return number
    }
}
