import EventLoops
import Synchronization

/// One thing that was done, or decided, on the way to a token's metadata.
struct ResolutionStep: Sendable {
    enum Kind: String, Sendable {
        /// A source of the configuration, from asking it to its answer; what it took comes after it.
        case source
        /// A request to a chain's JSON-RPC endpoint.
        case rpc
        /// What contracts said in the answer to one.
        case calls
        /// Where a contract says that the metadata is.
        case tokenURI = "token-uri"
        /// What such a URI means.
        case locate
        /// A request to a gateway or a host.
        case document
        /// What the bytes are.
        case read
        /// A request to a provider's API.
        case provider
    }

    let kind: Kind
    /// The source it was done for, such as `onchain`.
    let source: String
    let start: MonotonicTime
    let duration: Duration
    /// A stable label.
    let outcome: String
    let details: [(name: String, value: JSONNode)]
}

/// Takes down the steps of a resolution that somebody wants explained. All others have none, and pay a comparison with
/// nil.
///
/// Any thread. Bounded: what comes after the last place is counted.
final class StepLog: Sendable {
    private static let capacity = 256

    private struct State {
        var source = ""
        var steps: [ResolutionStep] = []
        var omitted = 0
    }

    let start = MonotonicTime.current
    private let state = Mutex(State())

    /// In the order of their beginnings, and how many more there were.
    var steps: (steps: [ResolutionStep], omitted: Int) {
        state.withLock { state in
            // What contains others was noted after them.
            let order = state.steps.enumerated().sorted { left, right in
                left.element.start == right.element.start
                    ? left.element.duration > right.element.duration : left.element.start < right.element.start
            }
            return (order.map(\.element), state.omitted)
        }
    }

    /// From now on steps are this source's.
    func enter(_ source: String) {
        state.withLock { $0.source = source }
    }

    /// - Parameter details: never a secret: no URL of the configuration beyond its host, no field of a request.
    func note(
        _ kind: ResolutionStep.Kind, since start: MonotonicTime, _ outcome: String,
        _ details: [(name: String, value: JSONNode)] = []
    ) {
        let duration = MonotonicTime.current - start
        state.withLock { state in
            guard state.steps.count < Self.capacity else { return state.omitted += 1 }
            state.steps.append(
                ResolutionStep(
                    kind: kind, source: state.source, start: start, duration: duration, outcome: outcome,
                    details: details))
        }
    }
}
