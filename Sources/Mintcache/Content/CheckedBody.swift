import EventLoops
import UpstreamFetching

/// A body on its way from a gateway, held to its limit and, where that is possible piece by piece, to its address. One
/// that is neither breaks off.
///
/// Pinned to the fetch loop.
actor CheckedBody: IncomingBody {
    /// What the bytes must be.
    struct Expectation: Sendable {
        let digest: [UInt8]
        /// Called once when they are something else.
        let onMismatch: @Sendable () -> Void
    }

    private nonisolated let reader: BodyReader
    private nonisolated let loop: EventLoop
    private let limit: Int
    private let expectation: Expectation?
    private let digest = RunningSHA256()
    private var count = 0
    private var withheld: [UInt8]?
    private var isComplete = false

    /// - Parameter limit: bytes.
    init(_ reader: BodyReader, on loop: EventLoop, limit: Int, expecting expectation: Expectation?) {
        self.reader = reader
        self.loop = loop
        self.limit = limit
        self.expectation = expectation
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Where there is something to check, one piece stays behind until the next has come, and the last until all of them
    /// are known to be right: a lie must not reach the length that was declared.
    func nextPiece() async throws(FetchFailure) -> [UInt8]? {
        guard let expectation else { return try await read() }
        while !isComplete {
            guard let piece = try await read() else {
                isComplete = true
                guard digest.finish() == expectation.digest else {
                    expectation.onMismatch()
                    throw FetchFailure(.malformedResponse, "", "not the content that its address names")
                }
                break
            }
            digest.update(piece)
            if let ready = withheld {
                withheld = piece
                return ready
            }
            withheld = piece
        }
        return withheld.take()
    }

    private func read() async throws(FetchFailure) -> [UInt8]? {
        switch await reader.next() {
        case .bytes(let piece):
            count += piece.count
            guard count <= limit else {
                throw FetchFailure(.tooLarge, "", "the content is larger than content.max_body")
            }
            return piece
        case .end:
            return nil
        case .failure(let failure):
            throw failure
        }
    }

    nonisolated func cancel() {
        reader.cancel()
    }
}
