import EventLoops
import HTTPCaching
import HTTPServing

/// The proxies in front whose word about the client's address is taken.
struct TrustedProxies: Sendable {
    private let addresses: Set<SocketAddress>

    /// Numeric addresses, checked when the configuration was read.
    init(_ texts: [String]) {
        addresses = Set(texts.compactMap { SocketAddress(numericHost: $0, port: 0) })
    }

    /// The client behind a request: the peer itself, or, when that is trusted, the last address of `X-Forwarded-For`
    /// that is not a trusted proxy. Anybody can write the earlier ones.
    func client(of request: borrowing RequestHead) -> SocketAddress {
        let peer = request.peer
        guard !addresses.isEmpty, isTrusted(peer) else { return peer }
        var hops: [SocketAddress] = []
        request.forEachValue(of: .forwardedFor) { value in
            for part in value.split(separator: UInt8(ascii: ",")) {
                let text = String(decoding: part, as: UTF8.self).trimming { $0 == " " || $0 == "\t" }
                if let hop = SocketAddress(numericHost: text, port: 0) { hops.append(hop) } else { hops.removeAll() }
            }
        }
        return hops.last { !isTrusted($0) } ?? peer
    }

    /// Whether the one who connected is one of them.
    func isTrusted(_ request: borrowing RequestHead) -> Bool {
        !addresses.isEmpty && isTrusted(request.peer)
    }

    /// The scheme the client used, as far as it can be known: `https` when a trusted proxy says so.
    func scheme(of request: borrowing RequestHead) -> ForwardedClient.Scheme {
        guard isTrusted(request), let value = request[.forwardedProto] else { return .http }
        return value.elementsEqual("https".utf8) ? .https : .http
    }

    /// What an upstream is told about the client.
    ///
    /// - Parameter host: as it is in the key: its spelling must not reach what others get.
    func forwardedClient(
        of request: borrowing RequestHead, scheme: ForwardedClient.Scheme, host: [UInt8]
    ) -> ForwardedClient {
        ForwardedClient(
            address: request.peer.numericHost, isTrusted: isTrusted(request),
            scheme: scheme, host: host,
            protocolVersion: request.minorVersion == 0 ? "1.0" : "1.1")
    }

    private func isTrusted(_ address: SocketAddress) -> Bool {
        SocketAddress(bytes: address.bytes, port: 0).map(addresses.contains) ?? false
    }
}
