import EventLoops
import Glibc

/// Tells the service manager how the process is, where it asks for it by `NOTIFY_SOCKET` (sd_notify(3)).
public struct ServiceNotifier: Sendable {
    enum State: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
        case alive = "WATCHDOG=1"
    }

    private let address: sockaddr_un
    private let addressLength: socklen_t
    /// Within which time the manager wants to hear that the process is alive; `nil` when it does not.
    let watchdogInterval: Duration?

    /// `nil` when nobody asks, or by an address that is none.
    public init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
        // An address in the abstract name space begins with a zero, and ends where its length says.
        let octets = path.hasPrefix("@") ? [0] + path.utf8.dropFirst() : Array(path.utf8)
        var address = sockaddr_un()
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        self.address = address
        addressLength = socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (path.hasPrefix("@") ? 0 : 1))
        watchdogInterval = Self.watchdogInterval(environment)
    }

    private static func watchdogInterval(_ environment: [String: String]) -> Duration? {
        if let process = environment["WATCHDOG_PID"], process != String(getpid()) { return nil }
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        return .microseconds(microseconds)
    }

    /// Sends one datagram without waiting. That nobody takes it is not worth a word: the manager will act on its own.
    func tell(_ state: State) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(state.rawValue.utf8)
        withUnsafePointer(to: address) { pointer in
            // Safe: sendto reads no more than addressLength octets of the address, which is as long as that.
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(
                    descriptor, text, text.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), $0,
                    addressLength)
            }
        }
    }
}
