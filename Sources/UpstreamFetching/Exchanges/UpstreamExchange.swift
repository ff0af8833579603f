import EventLoops

/// An answer whose head has come and whose body is arriving.
///
/// Any context. At most some 128 KiB wait here unread: then the origin is kept waiting. The exchange keeps its place at
/// the host until the body has ended, or ``cancel()``, or until nobody holds the exchange any more.
public actor UpstreamExchange {
    public nonisolated let head: ExchangeHead
    private let loop: EventLoop
    private let authority: String
    private let run: LoopBound<ExchangeRun>

    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ head: ExchangeHead, _ authority: String, _ run: LoopBound<ExchangeRun>, on loop: EventLoop) {
        self.head = head
        self.loop = loop
        self.authority = authority
        self.run = run
    }

    deinit {
        let run = run
        loop.execute { run.value.cancel() }
    }

    /// What has come of the body since the last call, or else what comes next; `nil` at the body's true end, and ever
    /// after. One caller at a time. Cancelling the calling task ends the exchange.
    ///
    /// Throws ``FetchFailure/Kind/truncated`` for a body that breaks off, ``FetchFailure/Kind/malformedResponse`` for
    /// one that is framed wrongly, ``FetchFailure/Kind/timeout`` when the origin falls silent. What came before is
    /// delivered first.
    public func nextPiece() async throws(FetchFailure) -> [UInt8]? {
        let wait = Wait<Result<[UInt8]?, FetchFailure>>()
        run.value.read(wait)
        let outcome = await wait.value(
            ifCancelled: .failure(FetchFailure(.cancelled, authority, "the reader gave up")))
        if case .failure = outcome { run.value.cancel() }
        return try outcome.get()
    }

    /// Ends the exchange and gives its place back. Does nothing after the end.
    public nonisolated func cancel() {
        let run = run
        loop.execute { run.value.cancel() }
    }
}
