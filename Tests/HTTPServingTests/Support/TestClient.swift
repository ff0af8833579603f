import EventLoops
import Glibc

/// A client over a blocking loopback socket whose every wait ends by a deadline.
final class TestClient {
    private let socket: Int32
    private var received: [UInt8] = []
    private static let patience = 10

    struct Answer: Equatable {
        var status = 0
        var head = ""
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }

        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                if parts[0].lowercased() == name.lowercased() { return parts[1].drop { $0 == " " }.description }
            }
            return nil
        }
    }

    enum Failure: Error {
        case system(String, Int32)
        case closed
        case malformed(String)
    }

    init(to address: SocketAddress, receiveBuffer: Int32? = nil) throws {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        if var receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = address.withSockaddr { Glibc.connect(socket, $0, $1) }
        if result != 0 { throw Failure.system("connect", errno) }
    }

    deinit {
        close(socket)
    }

    // MARK: Sending

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ octets: [UInt8]) throws {
        try sender.send(octets)
    }

    /// Sends on this client's socket from another task.
    var sender: Sender { Sender(socket: socket) }

    struct Sender: Sendable {
        fileprivate let socket: Int32

        func send(_ octets: [UInt8]) throws {
            var sent = 0
            while sent < octets.count {
                let result = octets.withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress.map { $0 + sent }, octets.count - sent, Int32(MSG_NOSIGNAL))
                }
                if result < 0 { throw Failure.system("send", errno) }
                sent += result
            }
        }
    }

    func get(_ path: String) throws -> Answer {
        try send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        return try readAnswer()
    }

    /// Closes the sending side only.
    func finishSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Resets the connection at the end of this client's life.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    // MARK: Receiving

    /// One recv(2): false at the end of the connection.
    @discardableResult
    func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let result = recv(socket, &buffer, buffer.count, 0)
        if result < 0 { throw Failure.system("recv", errno) }
        received.append(contentsOf: buffer[..<result])
        return result > 0
    }

    var receivedText: String { String(decoding: received, as: UTF8.self) }

    /// Everything up to the end of the connection.
    func readToEnd() throws -> String {
        String(decoding: try readOctetsToEnd(), as: UTF8.self)
    }

    func readOctetsToEnd() throws -> [UInt8] {
        while try receive() {}
        defer { received.removeAll() }
        return received
    }

    /// Whether neither octets nor the end come for so long.
    func isQuiet(for duration: Duration) -> Bool {
        var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, Int32(duration.inMilliseconds)) == 0
    }

    /// Whether the connection ends without another octet; a reset does not count.
    func isClosedCleanly() throws -> Bool {
        try !receive() && received.isEmpty
    }

    /// Whether the connection ends by a reset.
    func isReset() throws -> Bool {
        do {
            while try receive() {}
            return false
        } catch Failure.system("recv", ECONNRESET) {
            return true
        }
    }

    func readAnswer(toHead: Bool = false) throws -> Answer {
        var answer = Answer()
        answer.head = try takeHead()
        let words = answer.head.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1].prefix(3)) else {
            throw Failure.malformed(answer.head)
        }
        answer.status = status
        if toHead || status < 200 || status == 204 || status == 304 { return answer }
        if answer.field("Transfer-Encoding") == "chunked" {
            answer.body = try takeChunks()
        } else if let length = answer.field("Content-Length").flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else {
            answer.body = Array(try readToEnd().utf8)
        }
        return answer
    }

    private func takeHead() throws -> String {
        var scanned = 0
        while true {
            while scanned + 4 <= received.count {
                if received[scanned + 3] == 10, received[scanned..<scanned + 4].elementsEqual("\r\n\r\n".utf8) {
                    return String(decoding: try take(scanned + 4), as: UTF8.self)
                }
                scanned += 1
            }
            guard try receive() else { throw Failure.closed }
        }
    }

    private func takeChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            var line = ""
            while !line.hasSuffix("\r\n") { line += String(decoding: try take(1), as: UTF8.self) }
            guard let size = Int(line.dropLast(1), radix: 16) ?? Int(line.dropLast(), radix: 16) else {
                throw Failure.malformed(line)
            }
            let chunk = try take(size + 2)
            if size == 0 { return body }
            body += chunk.dropLast(2)
        }
    }

    /// Reads so many octets and forgets them: for bodies too large to keep.
    func skip(_ count: Int) throws {
        var rest = count - min(count, received.count)
        received.removeFirst(count - rest)
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while rest > 0 {
            let result = recv(socket, &buffer, min(buffer.count, rest), 0)
            if result < 0 { throw Failure.system("recv", errno) }
            if result == 0 { throw Failure.closed }
            rest -= result
        }
    }

    func take(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try receive() else { throw Failure.closed }
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }
}
