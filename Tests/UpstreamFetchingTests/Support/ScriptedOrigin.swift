import Foundation
import Glibc
import Synchronization

/// A server on 127.0.0.1 whose every byte the test writes. Each connection runs the script on a thread of its own.
final class ScriptedOrigin: Sendable {
    struct Record {
        var connections = 0
        var requests: [String] = []
        var open = 0
        var mostOpen = 0
    }

    private struct State {
        var record = Record()
        var sockets: Set<Int32> = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    init(_ script: @escaping @Sendable (Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 512) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                let number = begin(socket)
                Thread.detachNewThread { [self] in
                    script(Connection(socket, number, self))
                    end(socket)
                }
            }
        }
    }

    deinit {
        close(listener)
    }

    /// Answers every request on a connection with what `answer` makes of its head.
    static func answering(_ answer: @escaping @Sendable (String) -> String) throws -> ScriptedOrigin {
        try ScriptedOrigin { connection in
            while let request = connection.readRequest() { connection.send(answer(request)) }
        }
    }

    /// Sends the same bytes to the first request of each connection, then closes.
    static func sending(_ bytes: String) throws -> ScriptedOrigin {
        try ScriptedOrigin { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(bytes)
        }
    }

    var record: Record { state.withLock { $0.record } }
    var host: String { "127.0.0.1:\(port)" }
    var url: String { "http://127.0.0.1:\(port)/" }

    /// Ends every connection and takes no more.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func begin(_ socket: Int32) -> Int {
        // Against scripts that wait for a client which says nothing.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return state.withLock { state in
            state.record.connections += 1
            state.record.open += 1
            state.record.mostOpen = max(state.record.mostOpen, state.record.open)
            state.sockets.insert(socket)
            return state.record.connections
        }
    }

    private func end(_ socket: Int32) {
        state.withLock { state in
            state.record.open -= 1
            state.sockets.remove(socket)
            close(socket)
        }
    }

    fileprivate func note(_ request: String) {
        state.withLock { $0.record.requests.append(request) }
    }

    /// One accepted connection, used by its script's thread only.
    final class Connection {
        /// 1 for the origin's first.
        let number: Int
        private let socket: Int32
        private let origin: ScriptedOrigin
        private var received: [UInt8] = []

        init(_ socket: Int32, _ number: Int, _ origin: ScriptedOrigin) {
            self.socket = socket
            self.number = number
            self.origin = origin
        }

        /// The next request with its body, as text; `nil` at the end of the connection.
        func readRequest() -> String? {
            while true {
                let text = String(decoding: received, as: UTF8.self)
                if let end = text.range(of: "\r\n\r\n") {
                    let head = text[..<end.upperBound]
                    let length = head.lowercased().split(separator: "\r\n")
                        .first { $0.hasPrefix("content-length:") }
                        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                    let total = head.utf8.count + (length ?? 0)
                    if received.count >= total {
                        let request = String(decoding: received[..<total], as: UTF8.self)
                        received.removeFirst(total)
                        origin.note(request)
                        return request
                    }
                }
                guard receive() else { return nil }
            }
        }

        /// The octets up to and with `end`; `nil` at the end of the connection.
        func read(through end: String) -> [UInt8]? {
            let end = Array(end.utf8)
            var searched = 0
            while true {
                while searched + end.count <= received.count {
                    if received[searched..<searched + end.count].elementsEqual(end) {
                        return take(searched + end.count)
                    }
                    searched += 1
                }
                guard receive() else { return nil }
            }
        }

        /// So many octets; `nil` at the end of the connection.
        func read(_ count: Int) -> [UInt8]? {
            while received.count < count {
                guard receive() else { return nil }
            }
            return take(count)
        }

        private func take(_ count: Int) -> [UInt8] {
            let taken = Array(received[..<count])
            received.removeFirst(count)
            origin.note(String(decoding: taken, as: UTF8.self))
            return taken
        }

        /// Waits for anything to come or for the end; false at the end.
        @discardableResult
        func receive() -> Bool {
            var piece = [UInt8](repeating: 0, count: 16 * 1024)
            let count = recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return false }
            received.append(contentsOf: piece[..<count])
            return true
        }

        /// Returns whether the client still takes bytes.
        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.send(socket, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Ends with RST instead of FIN once the script returns.
        func resetAtEnd() {
            var choice = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &choice, socklen_t(MemoryLayout<linger>.size))
        }
    }
}

/// `HTTP/1.1 200 OK` with a length.
func ok(_ body: String, fields: String = "") -> String { answer("200 OK", body, fields: fields) }

/// - Parameter fields: whole lines, each with its CRLF.
func answer(_ status: String, _ body: String = "", fields: String = "") -> String {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
}
