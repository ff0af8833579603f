import Synchronization

/// How the last reading of the configuration went.
final class LastReload: Sendable {
    private struct State {
        var isSuccessful = true
        var successTime: Double?
    }

    private let state = Mutex(State())

    var isSuccessful: Bool { state.withLock { $0.isSuccessful } }

    /// Seconds since 1970; `nil` before the first.
    var successTime: Double? { state.withLock { $0.successTime } }

    /// - Parameter now: milliseconds since 1970.
    func succeeded(at now: Int64) {
        state.withLock { $0 = State(isSuccessful: true, successTime: Double(now) / 1000) }
    }

    func failed() {
        state.withLock { $0.isSuccessful = false }
    }
}
