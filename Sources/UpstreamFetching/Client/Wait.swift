import EventLoops

/// One suspended caller, woken by whichever of several events comes first: an end, a deadline, a cancellation. Later
/// events do nothing. Loop-confined.
final class Wait<Value: Sendable> {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, Never>)
        case early(Value)
        case done
    }

    private let loop: EventLoop
    private var state = State.idle

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Call on the loop.
    func resume(_ value: Value) {
        switch state {
        case .idle:
            state = .early(value)
        case .waiting(let continuation):
            state = .done
            continuation.resume(returning: value)
        case .early, .done:
            break
        }
    }

    /// Suspends until ``resume(_:)``. Call once, on the loop.
    ///
    /// - Parameter cancelled: what the caller gets when its task is cancelled.
    func value(ifCancelled cancelled: Value) async -> Value {
        let wait = LoopBound(self, on: loop)
        let loop = loop
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if case .early(let value) = state {
                    state = .done
                    return continuation.resume(returning: value)
                }
                state = .waiting(continuation)
            }
        } onCancel: {
            loop.execute { wait.value.resume(cancelled) }
        }
    }
}
