private import CLinux
import EventLoops
import Glibc

/// A listening TCP socket and the address that it got.
enum ListeningSocket {
    /// Opens it. Accepted sockets inherit TCP_NODELAY (tcp(7)), which saves a system call per connection.
    static func open(
        at address: SocketAddress, backlog: Int32
    ) throws(SystemCallError) -> (descriptor: Int32, address: SocketAddress) {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = try check("socket", socket(family, type, 0))
        let descriptor = FileDescriptor(owning: number)
        try set(SO_REUSEADDR, at: SOL_SOCKET, of: number)
        try set(TCP_NODELAY, at: Int32(IPPROTO_TCP), of: number)
        try check("bind", address.withSockaddr { bind(number, $0, $1) })
        try check("listen", listen(number, backlog))
        let bound = try boundAddress(of: number)
        return (descriptor.release(), bound)
    }

    private static func set(_ option: Int32, at level: Int32, of descriptor: Int32) throws(SystemCallError) {
        var on: Int32 = 1
        try check("setsockopt", setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)))
    }

    private static func boundAddress(of descriptor: Int32) throws(SystemCallError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let address = try withUnsafeMutablePointer(to: &storage) { pointer throws(SystemCallError) in
            // Safe: sockaddr_storage is made to be viewed as any sockaddr (sockaddr(3type)).
            let generic = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            try check("getsockname", getsockname(descriptor, generic, &length))
            return SocketAddress(generic)
        }
        guard let address else { throw SystemCallError(call: "getsockname", code: EAFNOSUPPORT) }
        return address
    }

    @discardableResult
    private static func check(_ call: StaticString, _ result: Int32) throws(SystemCallError) -> Int32 {
        if result < 0 { throw SystemCallError(call: call, code: errno) }
        return result
    }
}
