import EventLoops
import Synchronization

/// The public listener's handlers, one per loop, reached each on its own loop.
final class PublicHandlers: Sendable {
    private let handlers = Mutex<[(loop: EventLoop, handler: LoopBound<PublicHandler>)]>([])

    func add(_ handler: PublicHandler, on loop: EventLoop) {
        let bound = LoopBound(handler, on: loop)
        handlers.withLock { $0.append((loop, bound)) }
    }

    /// Has something done with each of them, soon.
    func forEach(_ body: @escaping @Sendable (PublicHandler) -> Void) {
        for (loop, handler) in handlers.withLock({ $0 }) { loop.execute { body(handler.value) } }
    }
}
