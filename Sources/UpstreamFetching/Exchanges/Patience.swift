import EventLoops

/// How long an exchange waits, and for whom: only the origin's silence counts. Pure: time is an argument.
struct Patience {
    enum Wait: Equatable {
        /// For the origin to take what is there for it, or to send what is wanted.
        case idle
        /// For the head of the answer.
        case head
        /// For a reader or a source on this side.
        case nobody
    }

    /// What the exchange is in the middle of.
    struct Situation {
        var isHeadComplete = false
        /// The reader has enough for now.
        var isReaderFull = false
        /// A streamed request is on its way out.
        var isSending = false
        /// The streamed request's next piece is not there yet.
        var isWaitingForSource = false
    }

    let timeout: Duration
    let idleTimeout: Duration
    private var headDeadline: MonotonicTime
    private var lastProgress: MonotonicTime

    init(timeout: Duration, idleTimeout: Duration, headDeadline: MonotonicTime, now: MonotonicTime) {
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.headDeadline = headDeadline
        lastProgress = now
    }

    /// Something moved, or begins to be waited for only now.
    mutating func progress(at now: MonotonicTime) {
        lastProgress = now
    }

    /// A streamed body has gone out: the origin's time to answer begins.
    mutating func bodySent(at now: MonotonicTime) {
        lastProgress = now
        headDeadline = now + timeout
    }

    static func wait(in situation: Situation) -> Wait {
        if situation.isWaitingForSource { return .nobody }
        if situation.isSending { return .idle }
        guard situation.isHeadComplete else { return .head }
        return situation.isReaderFull ? .nobody : .idle
    }

    /// When the origin is given up; `nil` while it is not waited for.
    func deadline(in situation: Situation) -> MonotonicTime? {
        switch Self.wait(in: situation) {
        case .idle: lastProgress + idleTimeout
        case .head: headDeadline
        case .nobody: nil
        }
    }
}
