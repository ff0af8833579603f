import Glibc
import MintcacheTesting

@testable import Mintcache

/// The two ends of a pipe, the reading one never blocking.
final class LogPipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        // A sink may still write when the reading end is gone.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TestSupportError("cannot make a pipe") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        makeNonBlocking(readEnd)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func makeNonBlocking(_ end: Int32) {
        _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
    }

    /// What is there now, without waiting.
    func available() -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = read(readEnd, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return bytes
    }
}

/// A logger, and the lines it has written.
struct LogCapture {
    private let pipe: LogPipe
    private let sink: LogSink

    init() throws {
        pipe = try LogPipe()
        sink = LogSink(descriptor: pipe.writeEnd)
    }

    func logger(_ level: Logger.Level = .debug, _ format: Configuration.Log.Format = .json) -> Logger {
        Logger(sink: sink, level: level, format: format)
    }

    /// Everything written so far, lines without their line feeds.
    func lines() -> [String] {
        sink.flush()
        return text(pipe.available()).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init)
    }
}
