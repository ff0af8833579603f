import EventLoops

/// Who is at the other end of a connection; shared by the connection and the requests taken from it.
final class Peer: Sendable {
    let address: SocketAddress

    init(_ address: SocketAddress) {
        self.address = address
    }
}
