import Tokens

/// Follows the flights that somebody wants to know about: those of traced requests become spans, those of collections
/// that are debugged become lines of the log.
struct FlightObserver: Sendable {
    let debugged: DebugTable
    let time: TimeSource
    let log: Logger

    /// - Parameter trace: of the request that begins the flight.
    func begin(_ collection: CollectionKey, _ trace: RequestTrace?) -> FlightLog {
        let isDebugged = debugged.wants(collection, at: time.now)
        return FlightLog(steps: trace != nil || isDebugged ? StepLog() : nil, trace: trace, isDebugged: isDebugged)
    }

    /// - Parameter subject: what the flight was for; put together only when somebody wants to know.
    func end(_ flight: FlightLog, _ name: String, _ subject: @autoclosure () -> [(String, JSONNode)]) {
        guard let steps = flight.steps else { return }
        let members = subject() + [("outcome", .string(flight.outcome))]
        flight.trace?.finish(flight, named: name, members.map { ("mintcache.\($0)", $1) })
        guard flight.isDebugged else { return }
        log.record("debug: \(name)", members + steps.members)
    }
}
