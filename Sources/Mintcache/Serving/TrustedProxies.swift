import EventLoops
import HTTPCaching
import HTTPServing

/// The proxies in front whose word about the client's address is taken.
struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    /// Numeric addresses and ranges of them, checked when the configuration was read.
    init(_ texts: [String]) {
        ranges = texts.compactMap { AddressRange($0) }
    }

    /// The client behind a request: the peer itself, or, when that is trusted, whom `X-Forwarded-For` names.
    func client(of request: borrowing RequestHead) -> SocketAddress {
        guard isTrusted(request) else { return request.peer }
        var hops: [SocketAddress?] = []
        request.forEachValue(of: .forwardedFor) { value in
            for part in value.split(separator: UInt8(ascii: ",")) {
                let text = String(decoding: part, as: UTF8.self).trimming { $0 == " " || $0 == "\t" }
                hops.append(SocketAddress(numericHost: text, port: 0))
            }
        }
        return client(before: request.peer, hops)
    }

    /// Follows the hops from the last to the first for as long as the one who tells of the next is trusted: anybody can
    /// write the earlier ones.
    ///
    /// - Parameter hops: in the field's order; `nil` is none that can be read, and none before it is believed.
    func client(before peer: SocketAddress, _ hops: [SocketAddress?]) -> SocketAddress {
        var client = peer
        for hop in hops.reversed() {
            guard isTrusted(client), let hop else { break }
            client = hop
        }
        return client
    }

    /// Whether the one who connected is one of them.
    func isTrusted(_ request: borrowing RequestHead) -> Bool {
        isTrusted(request.peer)
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
        ranges.contains { $0.contains(address) }
    }
}
