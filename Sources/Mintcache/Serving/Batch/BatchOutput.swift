import Caching

/// The body of a batch on its way: what is to be sent, handed out in pieces so small that compressing and sending one
/// holds nobody else up.
struct BatchOutput {
    private static let pieceSize = 32 << 10

    private let gzip: GzipStream?
    private var buffer: [UInt8] = []
    /// How much of the buffer is handed out.
    private var offset = 0

    init(isCompressed: Bool) {
        gzip = isCompressed ? GzipStream() : nil
    }

    var isCompressed: Bool { gzip != nil }
    var isPieceFull: Bool { buffer.count - offset >= Self.pieceSize }

    mutating func append(_ write: (inout [UInt8]) -> Void) { write(&buffer) }

    /// What to send next, in its coding, perhaps nothing yet; nil when there is no more.
    ///
    /// - Parameter flushing: whether the reader can decode the last piece at once.
    mutating func takePiece(flushing: Bool) -> [UInt8]? {
        guard offset < buffer.count else { return nil }
        let end = min(offset + Self.pieceSize, buffer.count)
        let piece = Array(buffer[offset..<end])
        offset = end
        let isLast = end == buffer.count
        if isLast {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * Self.pieceSize)
            offset = 0
        }
        return gzip?.compress(piece, flushing: flushing && isLast) ?? piece
    }

    /// What ends the coding, after the last piece.
    func end() -> [UInt8] { gzip?.finish() ?? [] }
}
