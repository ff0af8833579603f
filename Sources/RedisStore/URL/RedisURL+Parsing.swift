import EventLoops

/// The parts of a URL, each from its text.
extension RedisURL {
    enum Form {
        case server, cluster, sentinels
    }

    /// As many hosts as a URL may name.
    private static let maximumEndpoints = 64

    static func scheme(_ text: Substring) throws(RedisURLError) -> (usesTLS: Bool, Form) {
        switch text.lowercased() {
        case "redis": (false, .server)
        case "rediss": (true, .server)
        case "redis+cluster": (false, .cluster)
        case "rediss+cluster": (true, .cluster)
        case "redis+sentinel": (false, .sentinels)
        case "rediss+sentinel": (true, .sentinels)
        default: throw .scheme
        }
    }

    /// Only sentinels have a query, for their own credentials.
    static func splitQuery(
        _ text: Substring, of form: Form
    ) throws(RedisURLError) -> (rest: Substring, query: Substring?) {
        guard !text.contains("#") else { throw .parameters }
        guard let mark = text.firstIndex(of: "?") else { return (text, nil) }
        guard form == .sentinels else { throw .parameters }
        return (text[..<mark], text[text.index(after: mark)...])
    }

    static func credentials(_ text: Substring?) throws(RedisURLError) -> Credentials? {
        guard let text, !text.isEmpty else { return nil }
        guard let colon = text.firstIndex(of: ":") else { throw .passwordMissing }
        let user = try decode(text[..<colon])
        let password = try decode(text[text.index(after: colon)...])
        if password.isEmpty {
            guard user.isEmpty else { throw .passwordMissing }
            return nil
        }
        return Credentials(user: user.isEmpty ? nil : user, password: password)
    }

    static func sentinelCredentials(_ query: Substring?) throws(RedisURLError) -> Credentials? {
        guard let query else { return nil }
        var user: String?
        var password: String?
        for parameter in query.split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .parameters }
            switch parts[0] {
            case "sentinel_username": user = try decode(parts[1])
            case "sentinel_password": password = try decode(parts[1])
            default: throw .parameters
            }
        }
        guard let password, !password.isEmpty else { throw .parameters }
        return Credentials(user: user, password: password)
    }

    static func decode(_ text: Substring) throws(RedisURLError) -> String {
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

    static func endpoints(_ text: Substring, of form: Form) throws(RedisURLError) -> [RedisEndpoint] {
        let port = form == .sentinels ? defaultSentinelPort : defaultPort
        guard form != .server else { return [try endpoint(text, defaultPort: port)] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= maximumEndpoints else { throw .host }
        var endpoints: [RedisEndpoint] = []
        for part in parts { endpoints.append(try endpoint(part, defaultPort: port)) }
        return endpoints
    }

    private static func endpoint(_ text: Substring, defaultPort: UInt16) throws(RedisURLError) -> RedisEndpoint {
        guard text.hasPrefix("[") else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let host = parts.first, !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isNameByte) else {
                throw .host
            }
            return RedisEndpoint(
                host: String(host), port: try port(parts.count == 2 ? parts[1] : nil, default: defaultPort))
        }
        guard let end = text.firstIndex(of: "]") else { throw .host }
        let host = text[text.index(after: text.startIndex)..<end]
        let rest = text[text.index(after: end)...]
        guard host.contains(":"), SocketAddress(numericHost: String(host), port: 0) != nil else { throw .host }
        guard rest.isEmpty || rest.hasPrefix(":") else { throw .port }
        return RedisEndpoint(
            host: String(host), port: try port(rest.isEmpty ? nil : rest.dropFirst(), default: defaultPort))
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

    private static func port(_ text: Substring?, default defaultPort: UInt16) throws(RedisURLError) -> UInt16 {
        guard let text else { return defaultPort }
        guard let port = UInt16(text), port > 0, text.allSatisfy(\.isNumber) else { throw .port }
        return port
    }

    static func database(_ text: Substring) throws(RedisURLError) -> Int {
        if text.isEmpty { return 0 }
        guard text.utf8.count <= 6, text.allSatisfy(\.isNumber), let number = Int(text) else { throw .database }
        return number
    }
}
