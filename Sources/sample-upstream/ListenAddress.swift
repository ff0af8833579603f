import EventLoops

/// A numeric address with a port, as it is written on the command line.
struct ListenAddress {
    let address: SocketAddress

    /// Reads `127.0.0.1:8545` and `[::1]:8545`; `nil` for anything else.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard let address = SocketAddress(numericHost: String(host), port: port) else { return nil }
        self.address = address
    }
}
