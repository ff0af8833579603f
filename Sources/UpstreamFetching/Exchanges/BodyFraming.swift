/// Where an answer's body ends (RFC 9112 section 6.3). Pure.
enum BodyFraming {
    case counted(remaining: Int)
    case chunked(ChunkedBody)
    case untilClose

    /// - Parameter isHead: whether the request was HEAD.
    init(_ head: ResponseHead, isHead: Bool) {
        if isHead || head.status == 204 || head.status == 304 {
            self = .counted(remaining: 0)
        } else if head.isChunked {
            self = .chunked(ChunkedBody())
        } else if let length = head.contentLength {
            self = .counted(remaining: length)
        } else {
            self = .untilClose
        }
    }

    /// Whether the end has been seen. Of ``untilClose`` only the connection tells.
    var isWhole: Bool {
        switch self {
        case .counted(let remaining): remaining == 0
        case .chunked(let body): body.isFinished
        case .untilClose: false
        }
    }

    /// Takes octets as they came and hands out content. Returns how many of them belong to the body.
    mutating func accept(
        _ bytes: UnsafeRawBufferPointer, content: (UnsafeRawBufferPointer) -> Void
    ) throws(ChunkedBody.Fault) -> Int {
        switch self {
        case .counted(let remaining):
            let count = min(remaining, bytes.count)
            content(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            self = .counted(remaining: remaining - count)
            return count
        case .chunked(var body):
            let count = try body.accept(bytes, content: content)
            self = .chunked(body)
            return count
        case .untilClose:
            content(bytes)
            return bytes.count
        }
    }
}
