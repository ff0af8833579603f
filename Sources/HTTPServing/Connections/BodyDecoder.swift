/// Finds the content of one request's body among the octets of its connection.
struct BodyDecoder {
    private enum Source {
        case length(remaining: Int)
        case chunks(ChunkedDecoder)
    }

    private var source: Source
    /// Octets of content that may still come.
    private var allowance: Int

    /// Throws at once when the announced length is over the limit.
    init(_ framing: BodyFraming, limit: Int) throws(BodyFailure) {
        allowance = limit
        switch framing {
        case .none: source = .length(remaining: 0)
        case .length(let length):
            guard length <= limit else { throw .tooLarge }
            source = .length(remaining: length)
        case .chunked: source = .chunks(ChunkedDecoder())
        }
    }

    /// Adds the content among `bytes` from `offset` on to `content` and moves `offset` behind what belongs to the body;
    /// true when the body is complete.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, from offset: inout Int, into content: inout [UInt8]
    ) throws(BodyFailure) -> Bool {
        switch source {
        case .length(let remaining):
            let count = min(remaining, bytes.count - offset)
            content.append(contentsOf: bytes[offset..<offset + count])
            offset += count
            source = .length(remaining: remaining - count)
            return count == remaining
        case .chunks(var decoder):
            defer { source = .chunks(decoder) }
            return try takeChunks(&decoder, bytes, from: &offset, into: &content)
        }
    }

    private mutating func takeChunks(
        _ decoder: inout ChunkedDecoder, _ bytes: UnsafeRawBufferPointer, from offset: inout Int,
        into content: inout [UInt8]
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
                guard range.count <= allowance else { throw .tooLarge }
                allowance -= range.count
                content.append(contentsOf: bytes[range])
            }
        }
    }
}
