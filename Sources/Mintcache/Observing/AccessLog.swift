import EventLoops
import HTTPCaching
import HTTPServing

/// One JSON line per request, gathered in the loop's own buffer and handed to the sink when it is full or a moment old.
/// Confined to its loop. A line costs no allocation.
final class AccessLog {
    private static let capacity = 64 * 1024
    private static let maximumPath = 512
    private static let flushInterval = Duration.milliseconds(100)

    private let loop: EventLoop
    private let sink: LogSink
    private var buffer: [UInt8] = []
    private var second: Int64 = -1
    private var timestamp: [UInt8] = []
    private var isScheduled = false

    init(loop: EventLoop, sink: LogSink) {
        self.loop = loop
        self.sink = sink
        buffer.reserveCapacity(Self.capacity + 4096)
    }

    /// What a line tells beside the request.
    struct Outcome {
        var status: Int
        var bytes: Int
        var tier: AnswerTier
        var cache: CacheStatus?
        /// From the request's head to the answer.
        var nanoseconds: UInt64
        /// Requests that were made for it.
        var upstreamRequests = 0
        /// When it is traced.
        var trace: TraceContext?
    }

    /// Appends a line. `wall` is seconds since 1970.
    func append(_ request: borrowing RequestHead, _ number: UInt64, _ outcome: Outcome, wall: Int64) {
        if wall != second {
            second = wall
            timestamp = Array(InternetTimestamp.text(wall).utf8)
        }
        append("{\"time\":\"")
        buffer.append(contentsOf: timestamp)
        append("\",\"method\":\"")
        buffer.append(contentsOf: request.methodBytes)
        append("\",\"path\":\"")
        appendPath(request.path)
        append("\",\"route\":\"")
        append(AnswerRoute(request.path).label)
        append("\",\"status\":")
        append(outcome.status)
        append(",\"bytes\":")
        append(outcome.bytes)
        append(",\"duration_ms\":")
        appendMilliseconds(outcome.nanoseconds)
        append(",\"tier\":\"")
        append(outcome.tier.name)
        append("\",\"upstream_requests\":")
        append(outcome.upstreamRequests)
        if let cache = outcome.cache {
            append(",\"cache\":\"")
            withUnsafeTemporaryAllocation(byteCount: CacheStatus.maximumLength, alignment: 1) { text in
                buffer.append(contentsOf: UnsafeRawBufferPointer(text)[..<cache.write(into: text)])
            }
            append("\"")
        }
        append(",\"request_id\":\"")
        appendIdentifier(request, number)
        if let trace = outcome.trace {
            append("\",\"trace_id\":\"")
            buffer += trace.traceName.utf8
        }
        append("\"}\n")
        if buffer.count >= Self.capacity { flush() } else { schedule() }
    }

    func flush() {
        guard !buffer.isEmpty else { return }
        sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        loop.schedule(after: Self.flushInterval) { [weak self] in
            self?.isScheduled = false
            self?.flush()
        }
    }

    private func appendIdentifier(_ request: borrowing RequestHead, _ number: UInt64) {
        if let given = request[.requestID], RequestIdentifier.isAcceptable(given) {
            return buffer.append(contentsOf: given)
        }
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { digits in
            RequestIdentifier.write(number, into: digits)
            buffer.append(contentsOf: UnsafeRawBufferPointer(digits))
        }
    }

    /// The path without the API key that may be in it.
    private func appendPath(_ path: UnsafeRawBufferPointer) {
        let path = UnsafeRawBufferPointer(rebasing: path.prefix(Self.maximumPath))
        guard let key = KeyInPath.range(in: path) else { return appendEscaped(path[...]) }
        appendEscaped(path[..<key.lowerBound])
        append("***")
        appendEscaped(path[key.upperBound...])
    }

    /// A path is visible ASCII by the parser's rules; quotes and backslashes are the only bytes JSON minds.
    private func appendEscaped(_ text: Slice<UnsafeRawBufferPointer>) {
        for byte in text {
            if byte == 0x22 || byte == 0x5C { buffer.append(0x5C) }
            buffer.append(byte)
        }
    }

    private func append(_ text: StaticString) {
        buffer.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// With three places.
    private func appendMilliseconds(_ nanoseconds: UInt64) {
        let microseconds = Int(clamping: nanoseconds / 1000)
        append(microseconds / 1000)
        append(".")
        buffer.append(0x30 + UInt8(microseconds / 100 % 10))
        buffer.append(0x30 + UInt8(microseconds / 10 % 10))
        buffer.append(0x30 + UInt8(microseconds % 10))
    }

    private func append(_ number: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = number.magnitude
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            buffer.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
