import HTTPServing
import Synchronization

/// Whether the process works, and whether it can serve. A dependency that is away does not make an instance unready:
/// it serves what it has, and a deployment must not fail because Redis does.
final class Health: Sendable {
    enum Phase: String, Sendable {
        case starting, ready, draining
    }

    enum DependencyState: String, Sendable {
        case up, down
        /// It is there, but does not let us in as we are configured.
        case refused
    }

    private struct State {
        var phase = Phase.starting
        var dependencies: [(name: String, state: DependencyState)] = []
    }

    private let state = Mutex(State())

    func enter(_ phase: Phase) {
        state.withLock { $0.phase = phase }
    }

    func report(_ dependencies: [(name: String, state: DependencyState)]) {
        state.withLock { $0.dependencies = dependencies }
    }

    /// What the process depends on, and whether it is there.
    var stores: [(name: String, state: DependencyState)] { state.withLock { $0.dependencies } }

    var phase: Phase { state.withLock { $0.phase } }

    /// `GET /healthz`.
    var liveness: Response { response(status: 200) }

    /// `GET /readyz`.
    var readiness: Response { response(status: phase == .ready ? 200 : 503) }

    private func response(status: Int) -> Response {
        let (phase, dependencies) = state.withLock { ($0.phase, $0.dependencies) }
        let parts = dependencies.map { ($0.name, JSONNode.string($0.state.rawValue)) }
        let body = JSONNode.object([("state", .string(phase.rawValue)), ("dependencies", .object(parts))]).bytes
        var response = Response(
            status: status, fields: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: body)
        if status == 503 { response.fields.append(("Retry-After", "1")) }
        return response
    }
}
