import EventLoops
import HTTPServing
import Tokens

/// One batch on its way: what memory holds is there at once, everything else is asked for together, and each token is
/// written when it is there and its turn has come.
///
/// Asking is in `BatchAnswer+Asking.swift`, writing in `BatchAnswer+Writing.swift`. Pinned to the client's loop.
actor BatchAnswer {
    /// How the client wants it.
    struct Manner: Sendable {
        var format: BatchFormat
        /// How long it waits; zero for what any tier holds.
        var patience: Duration
        /// Whether sources are asked for what no tier holds.
        var asksSources: Bool
        /// Bytes of tokens that may wait to be written.
        var budget: Int
        /// Whether the body is compressed.
        var isCompressed: Bool
        /// Of the head, each with its CRLF.
        var fields: [UInt8]
    }

    let loop: EventLoop
    let exchange: Exchange
    let handler: LoopBound<PublicHandler>
    let shared: PublicHandler.Shared
    let request: BatchRequest
    let manner: Manner

    var slots: BatchSlots
    /// While it stands in line for places.
    var ticket: BatchPlaces.Ticket?
    /// Whether the client's time is up, or it does not wait at all.
    var isOver: Bool
    private(set) var isGone = false
    var timer: LoopTimer?
    private var hasNews = false
    private var reader: CheckedContinuation<Void, Never>?
    var output: BatchOutput
    var sent = 0

    init(
        _ request: BatchRequest, _ manner: Manner, for exchange: Exchange, on loop: EventLoop,
        _ handler: LoopBound<PublicHandler>, _ shared: PublicHandler.Shared
    ) {
        self.loop = loop
        self.exchange = exchange
        self.handler = handler
        self.shared = shared
        self.request = request
        self.manner = manner
        output = BatchOutput(isCompressed: manner.isCompressed)
        slots = BatchSlots(count: request.tokens.count, budget: manner.budget, format: manner.format)
        isOver = manner.patience <= .zero || !manner.asksSources
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Writes the whole answer. Returns how many octets of body were sent.
    func run() async -> Int {
        exchange.onCancel = { self.assumeIsolated { $0.clientLeft() } }
        await lookInMemory()
        if isOver { lookInTiers() } else { askForEverything() }
        do throws(ClientGone) {
            try await write()
        } catch {
            shared.metrics.abandonedRequests.increment()
        }
        end()
        return sent
    }

    private func end() {
        timer?.cancel()
        timer = nil
        exchange.onCancel = nil
        stopWaiting()
    }

    private func clientLeft() {
        isGone = true
        wake()
    }

    // MARK: News

    /// Tells the writer that something has come, or that the client has gone.
    func wake() {
        hasNews = true
        let reader = reader.take()
        reader?.resume()
    }

    func news() async {
        await withCheckedContinuation { continuation in
            if hasNews { return continuation.resume() }
            reader = continuation
        }
        hasNews = false
    }
}
