public import EventLoops

/// An answer as a client received it.
public struct HTTPAnswer: Sendable {
    public let status: Int
    /// In the order received, names as they were sent.
    public let fields: [(name: String, value: String)]
    public let body: [UInt8]
    /// When its last byte came.
    public let arrival: MonotonicTime

    /// The first value of a field, whatever the case of its name.
    public subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// A client's keep-alive connection for scenarios: it sends what it is told, byte for byte, and reads answers strictly.
///
/// Pinned to its loop.
public actor HTTPConnection {
    private let loop: EventLoop
    private var stream: ByteStream?
    private var reader = HTTPAnswerReader()
    private var waiter: CheckedContinuation<Void, Never>?
    private var isClosed = false
    /// Something has happened since the answer was last looked for.
    private var hasNews = false

    private init(loop: EventLoop) {
        self.loop = loop
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public static func open(to address: SocketAddress, on loop: EventLoop) async throws -> HTTPConnection {
        let connection = HTTPConnection(loop: loop)
        try await connection.connect(to: address)
        return connection
    }

    private func connect(to address: SocketAddress) async throws {
        let stream = try await ByteStream.connect(to: address, tls: nil, on: loop, within: .seconds(10))
        self.stream = stream
        stream.onBytes = { [weak self] bytes in
            let bytes = Array(bytes)
            self?.assumeIsolated { $0.receive(bytes) }
        }
        stream.onClose = { [weak self] _ in self?.assumeIsolated { $0.end() } }
    }

    public func send(_ text: String) {
        stream?.write(Array(text.utf8))
    }

    /// The next answer. Throws when the connection ends, or the time is up, before it is complete.
    public func answer(toHead isHead: Bool = false, within limit: Duration = .seconds(15)) async throws -> HTTPAnswer {
        try await waiting(within: limit) { try reader.next(isHead: isHead, isAtEnd: isClosed) }
    }

    /// Waits until a text stands in what has come of the next answer, and leaves it to be read.
    public func expect(_ text: String, within limit: Duration = .seconds(15)) async throws {
        try await waiting(within: limit) { reader.holds(text) ? () : nil }
    }

    private func waiting<Value>(within limit: Duration, for value: () throws -> Value?) async throws -> Value {
        let deadline = MonotonicTime.current + limit
        while true {
            hasNews = false
            if let value = try value() { return value }
            guard !isClosed else { throw TestSupportError("the connection ended before the answer") }
            guard MonotonicTime.current < deadline else { throw TestSupportError("no answer within \(limit)") }
            let timer = loop.schedule(at: deadline) { [weak self] in self?.assumeIsolated { $0.wake() } }
            await withCheckedContinuation { continuation in
                // The loop may have turned on the way here.
                if hasNews { continuation.resume() } else { waiter = continuation }
            }
            timer.cancel()
        }
    }

    /// Sends a request with a Host field and waits for its answer.
    public func request(
        _ method: String = "GET", _ target: String, fields: [String] = [], body: String = ""
    ) async throws -> HTTPAnswer {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: proxy.test"] + fields
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return try await answer(toHead: method == "HEAD")
    }

    public func close() {
        stream?.close()
        end()
    }

    private func receive(_ bytes: [UInt8]) {
        reader.append(bytes)
        wake()
    }

    private func end() {
        isClosed = true
        wake()
    }

    private func wake() {
        hasNews = true
        let waiter = self.waiter
        self.waiter = nil
        waiter?.resume()
    }
}

/// Takes answers out of a stream of bytes (RFC 9112), with nothing lenient about it.
struct HTTPAnswerReader {
    private var buffer: [UInt8] = []

    mutating func append(_ bytes: [UInt8]) {
        buffer += bytes
    }

    func holds(_ text: String) -> Bool { buffer.firstRange(of: Array(text.utf8)) != nil }

    mutating func next(isHead: Bool, isAtEnd: Bool) throws -> HTTPAnswer? {
        guard let headEnd = buffer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: buffer[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw TestSupportError("not a status line: \(lines[0])")
        }
        let fields = try lines.dropFirst().map { line -> (name: String, value: String) in
            guard let colon = line.firstIndex(of: ":") else { throw TestSupportError("not a field: \(line)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        let rest = buffer[headEnd.upperBound...]
        guard let (body, count) = try Self.body(rest, status, fields, isHead: isHead, isAtEnd: isAtEnd) else {
            return nil
        }
        buffer.removeFirst(headEnd.upperBound + count)
        return HTTPAnswer(status: status, fields: fields, body: body, arrival: .current)
    }

    private static func body(
        _ rest: ArraySlice<UInt8>, _ status: Int, _ fields: [(name: String, value: String)], isHead: Bool, isAtEnd: Bool
    ) throws -> (body: [UInt8], count: Int)? {
        if isHead || status == 204 || status == 304 || status < 200 { return ([], 0) }
        func value(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }
        if value("transfer-encoding") == "chunked" { return try chunked(rest) }
        if let length = value("content-length").flatMap({ Int($0) }) {
            return rest.count < length ? nil : (Array(rest.prefix(length)), length)
        }
        return isAtEnd ? (Array(rest), rest.count) : nil
    }

    private static func chunked(_ rest: ArraySlice<UInt8>) throws -> (body: [UInt8], count: Int)? {
        var body: [UInt8] = []
        var left = rest
        while let lineEnd = left.firstRange(of: Array("\r\n".utf8)) {
            let digits = String(decoding: left[..<lineEnd.lowerBound], as: UTF8.self)
            guard let size = Int(digits, radix: 16) else { throw TestSupportError("not a chunk size: \(digits)") }
            left = left[lineEnd.upperBound...]
            guard left.count >= size + 2 else { return nil }
            body += left.prefix(size)
            left = left.dropFirst(size + 2)
            if size == 0 { return (body, rest.count - left.count) }
        }
        return nil
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
