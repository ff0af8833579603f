import Dispatch
import Glibc
import Synchronization

/// Where log lines leave the process: standard output, written by a queue of its own, so that a pipe nobody reads never
/// holds up a loop. What does not fit into the bounded buffer meanwhile is dropped and counted.
public final class LogSink: Sendable {
    private static let capacity = 4 * 1024 * 1024

    private struct State {
        var pending: [UInt8] = []
        var isWriting = false
        var dropped = 0
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "mintcache.log")
    private let descriptor: Int32

    /// To standard output, or to another descriptor, which stays the caller's.
    public init(descriptor: Int32? = nil) {
        self.descriptor = descriptor ?? STDOUT_FILENO
    }

    /// Lines lost because the reader of the log was too slow.
    public var droppedLines: Int { state.withLock { $0.dropped } }

    /// Takes whole lines, each with its line feed. Any thread; never blocks.
    public func write(_ lines: [UInt8]) {
        let mustStart = state.withLock { state in
            guard state.pending.count + lines.count <= Self.capacity else {
                state.dropped += lines.count { $0 == 0x0A }
                return false
            }
            state.pending += lines
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { queue.async { self.drain() } }
    }

    /// Returns when everything taken so far has been written. Blocks: for the end of the process.
    public func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [UInt8] in
                if state.pending.isEmpty { state.isWriting = false }
                defer { state.pending = [] }
                return state.pending
            }
            if batch.isEmpty { return }
            write(all: batch)
        }
    }

    private func write(all bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return Glibc.write(descriptor, base + sent, bytes.count - sent)
            }
            if count > 0 {
                sent += count
            } else if count < 0, errno == EAGAIN {
                waitUntilWritable()
            } else if count == 0 || errno != EINTR {
                let lost = bytes[sent...].count { $0 == 0x0A }
                return state.withLock { $0.dropped += lost }
            }
        }
    }

    /// Standard output may be shared with a process that made it non-blocking.
    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
    }
}
