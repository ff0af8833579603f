import Synchronization

/// What a server has done since it started.
public struct ServerCounters: Sendable {
    /// Connections taken from the kernel, refused ones included.
    public var accepted = 0
    /// Connections open now.
    public var active = 0
    /// Connections answered 503 or closed because there were too many.
    public var refused = 0
    /// Request heads that were parsed.
    public var requests = 0
    public var bytesRead = 0
    public var bytesWritten = 0
    /// What the server answered by itself, by ``RequestFailure/label``.
    public var failures: [String: Int] = [:]
}

/// The counters of one loop: written there only, so that adding is a load and a store, and read from anywhere.
final class LoopCounters: Sendable {
    private let requests = Atomic<Int>(0)
    private let bytesRead = Atomic<Int>(0)
    private let bytesWritten = Atomic<Int>(0)
    private let failures = Mutex<[String: Int]>([:])

    func addRequests(_ count: Int) { Self.add(count, to: requests) }
    func addBytesRead(_ count: Int) { Self.add(count, to: bytesRead) }
    func addBytesWritten(_ count: Int) { Self.add(count, to: bytesWritten) }
    func addFailure(_ label: String) { failures.withLock { $0[label, default: 0] += 1 } }

    @inline(__always)
    private static func add(_ count: Int, to counter: borrowing Atomic<Int>) {
        counter.store(counter.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    func add(to total: inout ServerCounters) {
        total.requests += requests.load(ordering: .relaxed)
        total.bytesRead += bytesRead.load(ordering: .relaxed)
        total.bytesWritten += bytesWritten.load(ordering: .relaxed)
        failures.withLock { total.failures.merge($0) { $0 + $1 } }
    }
}

/// The counters of connections, which the acceptor and every loop share.
final class ConnectionCounters: Sendable {
    let accepted = Atomic<Int>(0)
    let active = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
}
