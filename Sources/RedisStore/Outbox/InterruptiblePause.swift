import EventLoops

/// A wait that can be ended early. Confined to its loop; one wait at a time.
final class InterruptiblePause {
    private let loop: EventLoop
    private var waiting: CheckedContinuation<Void, Never>?
    private var timer: LoopTimer?

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Waits, on the loop, until the delay has passed or ``interrupt()`` is called.
    func wait(_ delay: Duration) async {
        await withCheckedContinuation { continuation in
            waiting = continuation
            timer = loop.schedule(after: delay) { [weak self] in self?.interrupt() }
        }
    }

    func interrupt() {
        timer?.cancel()
        timer = nil
        let waiting = self.waiting
        self.waiting = nil
        waiting?.resume()
    }
}
