import EventLoops
import Glibc

/// What the process asks of the system before it serves.
enum ProcessLimits {
    /// As many descriptors as the system grants, no core files with secrets in them, and no death by a closed pipe.
    static func prepare() {
        var limit = rlimit()
        let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if getrlimit(descriptors, &limit) == 0 {
            limit.rlim_cur = limit.rlim_max
            setrlimit(descriptors, &limit)
        }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.limitArenas(to: 2)
    }

    /// The same for this host and port after every restart.
    static func instanceName(port: UInt16) -> String {
        if let replica = getenv("RAILWAY_REPLICA_ID") { return String(cString: replica) }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "host" }
        return "\(host):\(port)"
    }
}
