import EventLoops
import Tokens
import UpstreamFetching

/// How a gathered call ended for one who waited for it.
struct CallSettlement: Sendable {
    enum Ending: Sendable {
        /// The contract's own answer.
        case answered(CallOutcome)
        /// No endpoint brought one in time.
        case unanswered
        /// Too many calls wait already.
        case overloaded
    }

    let ending: Ending
    /// What was tried.
    let trace: ResolutionTrace
}

/// One who waits for a call. Confined to the gatherer.
final class CallWaiter {
    let since: MonotonicTime
    let deadline: MonotonicTime
    var timer: LoopTimer?
    private(set) var settlement: CallSettlement?
    private var continuation: CheckedContinuation<CallSettlement, Never>?

    init(since: MonotonicTime, deadline: MonotonicTime) {
        self.since = since
        self.deadline = deadline
    }

    /// The first settlement counts.
    func settle(_ settlement: CallSettlement) {
        guard self.settlement == nil else { return }
        self.settlement = settlement
        timer?.cancel()
        continuation?.resume(returning: settlement)
        continuation = nil
    }

    /// Resumes the continuation at once when it is settled.
    func wait(with continuation: CheckedContinuation<CallSettlement, Never>) {
        guard let settlement else { return self.continuation = continuation }
        continuation.resume(returning: settlement)
    }
}

/// One asking of a call: the same call may be asked again for somebody else while it is under way.
struct PlacedCall: Hashable, Sendable {
    let call: ContractCall
    /// Counts up from asking to asking.
    let number: UInt64
}

/// A call that waits or is under way, and everybody who wants its answer. Confined to the gatherer.
final class PendingCall {
    /// The flight that asked for it first.
    let flight: FlightLog?
    var waiters: [CallWaiter] = []
    /// What was tried for it.
    var trace = ResolutionTrace()
    /// The endpoint that is being asked, or was asked last.
    var endpoint: String?
    /// Whether the endpoint that failed it last may answer it another time: it answered other calls, or named a limit.
    var mayBeAskedAgain = false
    /// While it, and the batch that it left with, may wait for others.
    var priority: UpstreamPriority?

    init(for flight: FlightLog?) {
        self.flight = flight
    }

    /// The latest of the waiters.
    var deadline: MonotonicTime? { waiters.map(\.deadline).max() }
}
