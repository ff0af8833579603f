/// What limits and breakers are kept for: a host and a port, whatever the scheme.
struct HostKey: Hashable, Sendable {
    let host: String
    let port: UInt16

    init(_ url: UpstreamURL) {
        host = url.host
        port = url.port
    }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }
}
