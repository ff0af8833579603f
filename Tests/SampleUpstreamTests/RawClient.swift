import Dispatch
import EventLoops
import Glibc

/// Speaks HTTP over a plain socket, so that tests see every byte and how the connection ended.
enum RawClient {
    enum Ending: Equatable {
        case closed
        case reset
        /// Nothing came for as long as the caller was willing to wait.
        case silent
    }

    struct Answer {
        let bytes: [UInt8]
        let ending: Ending
        /// From the first byte sent to the end.
        let duration: Duration
        private let head: String
        /// Whatever follows the head, as it came.
        let rawBody: [UInt8]

        init(bytes: [UInt8], ending: Ending, duration: Duration) {
            self.bytes = bytes
            self.ending = ending
            self.duration = duration
            let start = bytes.prefix(16 << 10)
            let end = start.indices.dropLast(3).first { start[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
            head = String(decoding: bytes[..<(end ?? 0)], as: UTF8.self)
            rawBody = end.map { Array(bytes[($0 + 4)...]) } ?? []
        }

        var status: Int? { head.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } }

        subscript(name: String) -> String? {
            let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            return line.map { String($0.dropFirst(name.utf8.count + 1).drop { $0 == " " }) }
        }
    }

    /// Sends a request and reads until the connection ends, or until nothing has come for `patience`.
    static func send(_ request: [UInt8], to address: SocketAddress, patience: Duration = .seconds(10)) async -> Answer {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: exchange(request, address, patience))
            }
        }
    }

    private static func exchange(_ request: [UInt8], _ address: SocketAddress, _ patience: Duration) -> Answer {
        let start = MonotonicTime.current
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let milliseconds = patience.inMilliseconds
        var limit = timeval(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000 * 1000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = address.withSockaddr { connect(descriptor, $0, $1) }
        let sent = Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        guard connected == 0, sent == request.count else {
            return Answer(bytes: [], ending: .reset, duration: MonotonicTime.current - start)
        }
        var bytes: [UInt8] = []
        let ending = readAll(descriptor, into: &bytes)
        return Answer(bytes: bytes, ending: ending, duration: MonotonicTime.current - start)
    }

    private static func readAll(_ descriptor: Int32, into bytes: inout [UInt8]) -> Ending {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count > 0 { bytes.append(contentsOf: piece[..<count]) }
            if count == 0 { return .closed }
            if count < 0, errno != EINTR { return errno == EAGAIN ? .silent : .reset }
        }
    }
}
