import EventLoops

/// Hands an exchange's request body to libcurl piece by piece, pulling the next one only when the last has been taken.
/// Loop-confined.
final class RequestFeed {
    enum Supply: Equatable {
        case bytes(Int)
        /// Nothing now; the feed says when.
        case later
        case end
    }

    /// What the feed tells of itself, never from inside ``fill(_:)``.
    enum Event {
        /// There is more to take.
        case refilled
        /// The source threw, or gave more or less than it said.
        case broken(reason: String)
    }

    typealias Source = @Sendable () async throws -> [UInt8]?

    /// Called on the loop.
    var onEvent: ((Event) -> Void)?
    /// Called from inside libcurl, after it took bytes or found the end.
    var onTaken: (() -> Void)?
    private let loop: EventLoop
    private let source: Source?
    /// Of what was declared; `nil` when nothing was.
    private var remaining: Int?
    private var piece: [UInt8]
    private var offset = 0
    private var isOver: Bool
    private var pull: Task<Void, Never>?

    init(_ body: ExchangeBody, loop: EventLoop) {
        self.loop = loop
        switch body {
        case .none:
            (source, remaining, piece) = (nil, 0, [])
        case .bytes(let bytes):
            (source, remaining, piece) = (nil, bytes.count, bytes)
        case .stream(let length, let next):
            (source, remaining, piece) = (next, length.map { max($0, 0) }, [])
        }
        isOver = remaining == 0
    }

    deinit {
        pull?.cancel()
    }

    /// Whether the source is at work: it is nobody's fault but its own that nothing goes out.
    var isWaitingForSource: Bool { pull != nil }

    /// Whether everything has been handed over.
    var isExhausted: Bool { isOver && offset == piece.count }

    /// Hands the next bytes over; called from inside libcurl.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Supply {
        guard offset < piece.count else {
            if isOver {
                onTaken?()
                return .end
            }
            pullNext()
            return .later
        }
        let count = min(buffer.count, piece.count - offset)
        buffer.copyBytes(from: piece[offset..<offset + count])
        offset += count
        if let remaining { self.remaining = remaining - count }
        if remaining == 0 { isOver = true }
        onTaken?()
        return .bytes(count)
    }

    /// Starts over, if that is possible: libcurl sends again what met a dead connection.
    func rewind() -> Bool {
        guard source == nil else { return offset == 0 && pull == nil && piece.isEmpty }
        offset = 0
        remaining = piece.count
        isOver = piece.isEmpty
        return true
    }

    func cancel() {
        onEvent = nil
        onTaken = nil
        pull?.cancel()
        pull = nil
    }

    private func pullNext() {
        guard pull == nil, let source else { return }
        let (loop, feed) = (loop, LoopBound(WeakFeed(self), on: loop))
        pull = Task(executorPreference: loop) {
            let result: Result<[UInt8]?, any Error>
            do { result = .success(try await source()) } catch { result = .failure(error) }
            loop.execute { feed.value.feed?.receive(result) }
        }
    }

    private func receive(_ result: Result<[UInt8]?, any Error>) {
        pull = nil
        switch result {
        case .failure:
            onEvent?(.broken(reason: "the request's body broke off"))
        case .success(nil) where remaining ?? 0 > 0:
            onEvent?(.broken(reason: "the request's body is shorter than was said"))
        case .success(nil):
            isOver = true
            onEvent?(.refilled)
        case .success(let next?):
            if let remaining, next.count > remaining {
                onEvent?(.broken(reason: "the request's body is longer than was said"))
                return
            }
            (piece, offset) = (next, 0)
            if next.isEmpty { pullNext() } else { onEvent?(.refilled) }
        }
    }
}

/// Keeps a pull from keeping the feed, whose end cancels it.
private struct WeakFeed {
    weak var feed: RequestFeed?

    init(_ feed: RequestFeed) {
        self.feed = feed
    }
}
