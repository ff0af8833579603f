import EventLoops
import UpstreamFetching

/// A body on its way from one exchange with an upstream to everybody who asked for it.
///
/// It is kept whole as long as it may still be stored, so that those who come late read it from its start. Once it has
/// outgrown the store only a window remains, and the exchange is read no faster than the slowest reader takes it.
///
/// Pinned to the fetch loop.
actor BodyRelay {
    /// Bytes.
    struct Limits: Sendable {
        /// The largest body that is kept whole; 0 keeps nothing.
        var retained: Int
        /// How much of a body that is not kept may wait for its readers.
        var window = 256 * 1024
        /// How much is gathered before an answer begins, so that one that breaks off early is told as a failure.
        var hold = 64 * 1024
        /// How long a reader that takes nothing may keep others from reading on.
        var patience = Duration.seconds(5)
        /// How long a body that may be stored is brought on after its last reader has left.
        var orphan = Duration.seconds(30)
    }

    /// What a reader gets next.
    enum Piece: Sendable {
        case bytes([UInt8])
        case end
        case failure(FetchFailure)
    }

    /// How far the body is when an answer is to begin.
    enum Progress: Sendable {
        case whole
        case flowing
        case failed(FetchFailure)
    }

    private enum Ending {
        case complete
        case failed(FetchFailure)
    }

    nonisolated let loop: EventLoop
    private let limits: Limits
    /// What is held, and the number of the first piece of it.
    private var pieces: [[UInt8]] = []
    private var firstNumber = 0
    private var heldBytes = 0
    private var receivedBytes = 0
    private var isRetaining: Bool
    /// Nobody reads before the answer begins.
    private var isHolding = true
    private var ending: Ending?
    /// The number of the piece each reader gets next.
    private var positions: [UInt64: Int] = [:]
    private var givenUp: Set<UInt64> = []
    /// Since when nobody reads.
    private var orphanedAt: MonotonicTime?
    private var lastReader: UInt64 = 0
    private var waitingReaders: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var waitingSource: CheckedContinuation<Void, Never>?
    private var waitingHolder: CheckedContinuation<Void, Never>?

    init(loop: EventLoop, limits: Limits) {
        self.loop = loop
        self.limits = limits
        isRetaining = limits.retained > 0
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    // MARK: The source's side

    /// Takes the next piece. Returns when another makes sense, or false when nobody wants the rest.
    func append(_ piece: [UInt8]) async -> Bool {
        pieces.append(piece)
        heldBytes += piece.count
        receivedBytes += piece.count
        if receivedBytes > limits.retained { isRetaining = false }
        if receivedBytes >= limits.hold { wakeHolder() }
        wakeReaders()
        dropRead()
        if isFull, !isAbandoned {
            let timer = dismissStalled(after: limits.patience)
            await withCheckedContinuation { continuation in
                if isFull, !isAbandoned { waitingSource = continuation } else { continuation.resume() }
            }
            timer?.cancel()
        }
        return !isAbandoned
    }

    /// Gives up the readers that hold the others back, unless they move meanwhile. A lone one holds nobody back.
    private func dismissStalled(after limit: Duration) -> LoopTimer? {
        guard positions.count > 1 else { return nil }
        let stalled = positions.filter { $0.value == firstNumber }
        guard stalled.count < positions.count else { return nil }
        return loop.schedule(after: limit) { [weak self] in
            self?.assumeIsolated { relay in
                for (reader, number) in stalled where relay.positions[reader] == number { relay.giveUp(reader) }
            }
        }
    }

    /// The body is there, whole.
    func finish() {
        end(.complete)
    }

    /// The body broke off.
    func fail(_ failure: FetchFailure) {
        end(.failed(failure))
    }

    private func end(_ ending: Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        wakeHolder()
        wakeReaders()
    }

    // MARK: The answer's side

    /// Waits until the whole body is there, enough of it, or the time is up.
    func progress(within limit: Duration) async -> Progress {
        let timer = loop.schedule(after: limit) { [weak self] in self?.assumeIsolated { $0.wakeHolder() } }
        if ending == nil, receivedBytes < limits.hold {
            await withCheckedContinuation { continuation in
                if ending == nil, receivedBytes < limits.hold {
                    waitingHolder = continuation
                } else {
                    continuation.resume()
                }
            }
        }
        timer.cancel()
        switch ending {
        case .complete where receivedBytes == heldBytes: return .whole
        case .complete, nil: return .flowing
        case .failed(let failure): return .failed(failure)
        }
    }

    /// What is held of the body.
    var held: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(heldBytes)
        for piece in pieces { body += piece }
        return body
    }

    /// Whether everything that came is still held, and may be stored when it is whole.
    var isStorable: Bool { isRetaining && firstNumber == 0 }

    /// A reader from the first octet on; `nil` when that is no longer held.
    func reader() -> BodyReader? {
        guard firstNumber == 0 else { return nil }
        lastReader += 1
        positions[lastReader] = 0
        orphanedAt = nil
        return BodyReader(relay: self, identifier: lastReader)
    }

    /// The answer has begun: from now on the rest is wanted only as long as somebody reads or it may be stored.
    func release() {
        isHolding = false
        if positions.isEmpty { orphanedAt = loop.now }
        dropRead()
    }

    // MARK: The readers' side

    fileprivate func next(for reader: UInt64) async -> Piece {
        if mustWait(reader) {
            await withCheckedContinuation { continuation in
                if mustWait(reader) { waitingReaders[reader] = continuation } else { continuation.resume() }
            }
        }
        guard let number = positions[reader] else {
            return givenUp.contains(reader)
                ? .failure(FetchFailure(.cancelled, "", "the reader held others back")) : .end
        }
        guard number < firstNumber + pieces.count else {
            switch ending {
            case .complete, nil: return .end
            case .failed(let failure): return .failure(failure)
            }
        }
        let piece = pieces[number - firstNumber]
        positions[reader] = number + 1
        dropRead()
        return .bytes(piece)
    }

    fileprivate func detach(_ reader: UInt64) {
        positions[reader] = nil
        if positions.isEmpty { orphanedAt = loop.now }
        waitingReaders.removeValue(forKey: reader)?.resume()
        dropRead()
    }

    /// Its answer is to break off: it has not got everything.
    private func giveUp(_ reader: UInt64) {
        givenUp.insert(reader)
        detach(reader)
    }

    private func mustWait(_ reader: UInt64) -> Bool {
        guard ending == nil, let number = positions[reader] else { return false }
        return number >= firstNumber + pieces.count
    }

    // MARK: The window

    private var isFull: Bool { !isRetaining && heldBytes >= limits.window }

    private var isAbandoned: Bool {
        guard !isHolding, positions.isEmpty else { return false }
        return !isRetaining || orphanedAt.map { loop.now - $0 >= limits.orphan } ?? false
    }

    /// Lets go of what every reader has, unless it may be stored.
    private func dropRead() {
        if !isRetaining, !isHolding {
            let slowest = positions.values.min() ?? (firstNumber + pieces.count)
            let count = slowest - firstNumber
            if count > 0 {
                for piece in pieces.prefix(count) { heldBytes -= piece.count }
                pieces.removeFirst(count)
                firstNumber = slowest
            }
        }
        if !isFull || isAbandoned { waitingSource.take()?.resume() }
    }

    private func wakeReaders() {
        let waiting = waitingReaders
        waitingReaders.removeAll()
        for continuation in waiting.values { continuation.resume() }
    }

    private func wakeHolder() {
        waitingHolder.take()?.resume()
    }
}

/// One who reads a relayed body. Letting go of it ends the reading.
final class BodyReader: Sendable {
    private let relay: BodyRelay
    private let identifier: UInt64

    fileprivate init(relay: BodyRelay, identifier: UInt64) {
        self.relay = relay
        self.identifier = identifier
    }

    deinit {
        cancel()
    }

    /// Ends the reading: what waits for a piece is told that there is no more. Any thread.
    func cancel() {
        let (relay, identifier) = (relay, identifier)
        relay.loop.execute { relay.assumeIsolated { $0.detach(identifier) } }
    }

    /// The next piece, as soon as there is one. Any task, one at a time.
    func next() async -> BodyRelay.Piece {
        await relay.next(for: identifier)
    }
}
