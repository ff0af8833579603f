import Caching
import Dispatch
import Synchronization

/// The answer to one caller, given once: by the work itself, or by the caller's deadline while the work goes on.
final class Reply<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, StoreError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        case given(Answer)
    }

    private let state = Mutex(State.open)

    /// Whether nobody waits any more.
    var isGiven: Bool {
        state.withLock { state in
            if case .given = state { true } else { false }
        }
    }

    /// The first answer counts. Any thread.
    func give(_ answer: Answer) {
        let waiter = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            switch state {
            case .given: return nil
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let waiter):
                state = .given(answer)
                return waiter
            }
        }
        waiter?.resume(returning: answer)
    }

    /// Waits for the answer. Call once.
    func value(within limit: Duration) async throws(StoreError) -> Value {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = Int(min(seconds, 86_400)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        let expiry = DispatchWorkItem {
            self.give(.failure(StoreError(kind: .timeout, detail: "sqlite: the disk took too long")))
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds), execute: expiry)
        defer { expiry.cancel() }
        let answer = await withCheckedContinuation { waiter in
            let given = state.withLock { state -> Answer? in
                if case .given(let answer) = state { return answer }
                state = .awaited(waiter)
                return nil
            }
            if let given { waiter.resume(returning: given) }
        }
        return try answer.get()
    }
}
