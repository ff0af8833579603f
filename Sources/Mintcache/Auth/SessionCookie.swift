import HTTPCaching
import HTTPServing

/// The cookies that are this proxy's own (RFC 6265bis). Their prefix binds them to this host and to TLS: neither another
/// host of the same site nor a page without TLS can set them.
enum SessionCookie: String, CaseIterable {
    /// Proves a session.
    case session = "__Host-session"
    /// Ties a nonce to the browser that asked for it; worth nothing else.
    case browser = "__Host-presession"

    /// What the cookie holds; `nil` when it is not there, or there more than once, which no browser does by itself.
    func value(in request: Request) -> String? {
        var found: [String] = []
        request.withHead { head in
            head.forEachValue(of: .cookie) { line in
                for pair in Self.pairs(line) where Self.name(of: pair).elementsEqual(rawValue.utf8) {
                    found.append(String(decoding: pair.dropFirst(rawValue.utf8.count + 1), as: UTF8.self))
                }
            }
        }
        return found.count == 1 ? found[0] : nil
    }

    /// A `Set-Cookie` line that gives it to a browser.
    ///
    /// - Parameter seconds: how long it is kept; 0 takes it away.
    func setting(to value: String, for seconds: Int64) -> (name: String, value: String) {
        ("Set-Cookie", "\(rawValue)=\(value); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=Lax")
    }

    static let clearing = allCases.map { $0.setting(to: "", for: 0) }

    // MARK: On the way to upstreams and back

    /// Takes them out of what an upstream gets.
    static func removeAll(fromRequest fields: inout HeaderFields) {
        let isThere = fields.lines.contains { line in line.isNamed("cookie") && pairs(line.value).contains(where: isOwn)
        }
        guard isThere else { return }
        fields.lines = fields.lines.compactMap { line in
            guard line.isNamed("cookie") else { return line }
            let others = pairs(line.value).filter { !isOwn($0) }
            return others.isEmpty ? nil : FieldLine(line.name, Array(others.joined(separator: "; ".utf8)))
        }
    }

    /// An upstream sets none of them, or it could sign a browser in as somebody else.
    static func removeAll(fromResponse fields: inout HeaderFields) {
        fields.lines.removeAll { line in line.isNamed("set-cookie") && pairs(line.value).first.map(isOwn) ?? false }
    }

    /// Also of a cookie without a name, whose value browsers send back as if it had the one that it begins with.
    private static func isOwn(_ pair: some Collection<UInt8>) -> Bool {
        let name = name(of: pair.drop { $0 == UInt8(ascii: "=") || $0 == 0x20 || $0 == 0x09 })
        return allCases.contains { name.elementsEqual($0.rawValue.utf8) }
    }

    private static func name(of pair: some Collection<UInt8>) -> [UInt8] {
        var name = Array(pair.prefix { $0 != UInt8(ascii: "=") })
        while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
        return name
    }

    /// The parts between semicolons, without the white space around them, and without empty ones.
    private static func pairs(_ line: some Collection<UInt8>) -> [[UInt8]] {
        line.split(separator: UInt8(ascii: ";")).compactMap { part in
            var pair = Array(part.drop { $0 == 0x20 || $0 == 0x09 })
            while let last = pair.last, last == 0x20 || last == 0x09 { pair.removeLast() }
            return pair.isEmpty ? nil : pair
        }
    }
}
