import Glibc
import Synchronization

/// Ports of the loopback interface that nobody listens on.
public enum FreePort {
    private static let given = Mutex<Set<UInt16>>([])

    /// A port below the kernel's range for outgoing connections, so that no client's socket takes it while a server is
    /// down, and never the same one twice in a process.
    public static func next() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 12_000..<32_000)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            if isFree(port) { return port }
        }
        throw TestSupportError("no free port on 127.0.0.1")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return LoopbackSocket.bind(descriptor, to: port)
    }
}

/// The few socket calls that test peers need, on 127.0.0.1.
enum LoopbackSocket {
    static func bind(_ descriptor: Int32, to port: UInt16) -> Bool {
        withAddress(port) { Glibc.bind(descriptor, $0, $1) } == 0
    }

    static func connect(_ descriptor: Int32, to port: UInt16) -> Bool {
        withAddress(port) { Glibc.connect(descriptor, $0, $1) } == 0
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Safe: sockaddr_in is one of the forms sockaddr stands for (sockaddr(3type)).
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
