private import CLinux

/// The loops of a process that serve connections, taken in turn.
public struct EventLoopGroup: Sendable {
    public let loops: [EventLoop]

    /// Starts `count` loops (at least one). Throws when the process is out of descriptors.
    public init(count: Int, label: String) throws(SystemCallError) {
        var loops: [EventLoop] = []
        for index in 0..<max(count, 1) { loops.append(try EventLoop(label: "\(label)-\(index)")) }
        self.loops = loops
    }

    /// How many processors this process may use: the smaller of its affinity mask and its cgroup's quota, because in a
    /// container the machine's count says nothing.
    public static var availableProcessors: Int { Int(clinux_available_processors()) }

    public func shutdown() {
        for loop in loops { loop.shutdown() }
    }
}
