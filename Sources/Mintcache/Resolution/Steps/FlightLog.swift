import EventLoops
import Synchronization

/// What a flight costs, and every step of it when somebody wants to know. Those who do something for a flight find it by
/// the task that they run in, or in a task that was begun for it.
///
/// Any thread.
final class FlightLog: Sendable {
    @TaskLocal static var current: FlightLog?

    let start = MonotonicTime.current
    /// `nil`: nobody wants to know.
    let steps: StepLog?
    /// That of the request which began the flight.
    let trace: RequestTrace?
    /// Whether it goes into the log.
    let isDebugged: Bool
    private let state = Mutex((costs: FlightCosts(), outcome: "unfinished"))

    init(steps: StepLog?, trace: RequestTrace? = nil, isDebugged: Bool = false) {
        self.steps = steps
        self.trace = trace
        self.isDebugged = isDebugged
    }

    var costs: FlightCosts { state.withLock { $0.costs } }

    /// A stable label.
    var outcome: String { state.withLock { $0.outcome } }

    func countRequest() {
        state.withLock { $0.costs.upstreamRequests += 1 }
    }

    func note(_ part: WritableKeyPath<FlightCosts, Duration?>, since start: MonotonicTime) {
        let duration = MonotonicTime.current - start
        state.withLock { $0.costs[keyPath: part] = duration }
    }

    /// - Parameter outcome: put together only when somebody wants to know.
    func conclude(_ outcome: @autoclosure () -> String) {
        guard steps != nil else { return }
        let outcome = outcome()
        state.withLock { $0.outcome = outcome }
    }
}

/// What it took to get an answer that memory did not hold.
struct FlightCosts: Sendable, Equatable {
    /// Requests to chains, gateways, hosts and providers, of which some may have been for other flights, too.
    var upstreamRequests = 0
    /// How long each tier took that was asked.
    var redis: Duration?
    var archive: Duration?
    var source: Duration?
}

extension StepLog {
    static var current: StepLog? { FlightLog.current?.steps }
}
