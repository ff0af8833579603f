/// Collects the body of one request.
struct BodyReader {
    private enum Source {
        case length(remaining: Int)
        case chunks(ChunkedDecoder)
    }

    private var source: Source
    private let limit: Int
    private(set) var content: [UInt8] = []

    /// Throws at once when the announced length is over the limit.
    init(_ framing: BodyFraming, limit: Int) throws(BodyFailure) {
        self.limit = limit
        switch framing {
        case .none: source = .length(remaining: 0)
        case .length(let length):
            guard length <= limit else { throw .tooLarge }
            source = .length(remaining: length)
        case .chunked: source = .chunks(ChunkedDecoder())
        }
    }

    /// Takes what belongs to the body and moves `offset` behind it; true when the body is complete.
    mutating func take(_ bytes: UnsafeRawBufferPointer, from offset: inout Int) throws(BodyFailure) -> Bool {
        switch source {
        case .length(let remaining):
            let count = min(remaining, bytes.count - offset)
            content.append(contentsOf: bytes[offset..<offset + count])
            offset += count
            source = .length(remaining: remaining - count)
            return count == remaining
        case .chunks(var decoder):
            defer { source = .chunks(decoder) }
            return try takeChunks(&decoder, bytes, from: &offset)
        }
    }

    private mutating func takeChunks(
        _ decoder: inout ChunkedDecoder, _ bytes: UnsafeRawBufferPointer, from offset: inout Int
    ) throws(BodyFailure) -> Bool {
        while true {
            let step: ChunkedDecoder.Step
            do throws(ChunkFailure) {
                step = try decoder.next(bytes, from: &offset)
            } catch {
                throw .malformed(error)
            }
            switch step {
            case .needsMore: return false
            case .finished: return true
            case .content(let range):
                guard content.count + range.count <= limit else { throw .tooLarge }
                content.append(contentsOf: bytes[range])
            }
        }
    }
}
