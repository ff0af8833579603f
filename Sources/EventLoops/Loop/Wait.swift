import Synchronization

/// One suspended caller, woken by whichever of several events comes first: an end, a deadline, a cancellation. Later
/// events do nothing.
///
/// Any thread: the operation of a cancellation handler runs on the generic executor unless the task prefers another, so
/// the state cannot be confined to a loop.
public final class Wait<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, Never>)
        case early(Value)
        case done
    }

    private let state = Mutex(State.idle)

    public init() {}

    /// Ends the wait, or the one to come, with this value.
    public func resume(_ value: Value) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .idle:
                state = .early(value)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .early, .done:
                return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// Suspends until ``resume(_:)``. Call once.
    ///
    /// - Parameter cancelled: what the caller gets when its task is cancelled.
    public func value(ifCancelled cancelled: Value) async -> Value {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let early = register(continuation) { continuation.resume(returning: early) }
            }
        } onCancel: {
            resume(cancelled)
        }
    }

    /// The value that came before the continuation did.
    private func register(_ continuation: CheckedContinuation<Value, Never>) -> Value? {
        state.withLock { state in
            guard case .early(let value) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .done
            return value
        }
    }
}
