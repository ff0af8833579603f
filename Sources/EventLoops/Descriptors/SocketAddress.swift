public import Glibc

/// An IPv4 or IPv6 address with a port: numbers only, never a name.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    public enum Family: Hashable, Sendable {
        case ipv4, ipv6
    }

    public let family: Family
    /// 4 or 16 bytes in network order.
    public let bytes: [UInt8]
    public let port: UInt16

    /// `bytes` is 4 or 16 long, in network order; anything else is `nil`.
    public init?(bytes: [UInt8], port: UInt16) {
        switch bytes.count {
        case 4: family = .ipv4
        case 16: family = .ipv6
        case _: return nil
        }
        self.bytes = bytes
        self.port = port
    }

    /// Reads `127.0.0.1` or `::1` as inet_pton(3) does: no names, no short forms, no brackets.
    public init?(numericHost: String, port: UInt16) {
        var ipv4 = in_addr()
        var ipv6 = in6_addr()
        if inet_pton(AF_INET, numericHost, &ipv4) == 1 {
            self.init(bytes: withUnsafeBytes(of: ipv4) { Array($0) }, port: port)
        } else if inet_pton(AF_INET6, numericHost, &ipv6) == 1 {
            self.init(bytes: withUnsafeBytes(of: ipv6) { Array($0) }, port: port)
        } else {
            return nil
        }
    }

    /// Reads the kernel's form; `nil` for other families.
    public init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let value = raw.loadUnaligned(as: sockaddr_in.self)
            self.init(bytes: withUnsafeBytes(of: value.sin_addr) { Array($0) }, port: UInt16(bigEndian: value.sin_port))
        case AF_INET6:
            let value = raw.loadUnaligned(as: sockaddr_in6.self)
            self.init(
                bytes: withUnsafeBytes(of: value.sin6_addr) { Array($0) }, port: UInt16(bigEndian: value.sin6_port))
        case _:
            return nil
        }
    }

    /// Calls with the kernel's form, for connect(2), bind(2) and the like.
    public func withSockaddr<Result, Failure: Error>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var storage = sockaddr_storage()
        let length: Int
        switch family {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
            length = MemoryLayout<sockaddr_in>.size
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
            length = MemoryLayout<sockaddr_in6>.size
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
        }
        return try Self.rebound(&storage, length, body)
    }

    private static func rebound<Result, Failure: Error>(
        _ storage: inout sockaddr_storage, _ length: Int,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Safe: sockaddr_storage is made to be viewed as any sockaddr (sockaddr(3type)).
        try withUnsafePointer(to: &storage) { pointer throws(Failure) in
            try body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
    }

    /// The address without its port: `127.0.0.1`, `2001:db8::1`.
    public var numericHost: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = family == .ipv4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
        return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "?" }
    }

    /// `127.0.0.1:80`, `[::1]:80`.
    public var description: String {
        family == .ipv4 ? "\(numericHost):\(port)" : "[\(numericHost)]:\(port)"
    }
}
