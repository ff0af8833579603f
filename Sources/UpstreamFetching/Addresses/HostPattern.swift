import EventLoops

/// A host as a configuration names it: `example.com`, `example.com:8080`, `*.example.com`, `127.0.0.1:8545`,
/// `[::1]:8545`. Without a port it speaks of the permitted ports only.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// Lower case, without brackets, wildcard or final dot.
    let host: String
    let port: UInt16?
    let coversSubdomains: Bool

    /// `nil` when the text is no host with an optional port.
    public init?(_ text: String) {
        var rest = text.lowercased()[...]
        coversSubdomains = rest.hasPrefix("*.")
        if coversSubdomains { rest = rest.dropFirst(2) }
        var port: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            if !after.isEmpty { port = after.dropFirst() }
            rest = rest[rest.index(after: rest.startIndex)..<end]
            guard let literal = SocketAddress(numericHost: String(rest), port: 0) else { return nil }
            rest = literal.numericHost[...]
        } else if let colon = rest.firstIndex(of: ":") {
            port = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        if rest.hasSuffix(".") { rest = rest.dropLast() }
        guard UpstreamURL.isPlainHost(String(rest)) else { return nil }
        host = String(rest)
        guard let port else {
            self.port = nil
            return
        }
        guard let number = UInt16(port), number > 0 else { return nil }
        self.port = number
    }

    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return (coversSubdomains ? "*." : "") + name + (port.map { ":\($0)" } ?? "")
    }

    /// Whether it names this host, whatever the port.
    func names(_ other: String) -> Bool {
        coversSubdomains ? other.hasSuffix("." + host) : other == host
    }
}
