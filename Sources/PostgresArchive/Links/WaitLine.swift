import EventLoops

/// Those who wait for something on a loop, in order, each until a deadline of its own. Loop-confined.
final class WaitLine {
    private final class Place {
        let continuation: CheckedContinuation<Bool, Never>
        var timer: LoopTimer?

        init(_ continuation: CheckedContinuation<Bool, Never>) {
            self.continuation = continuation
        }

        func leave(admitted: Bool) {
            timer?.cancel()
            continuation.resume(returning: admitted)
        }
    }

    private var places: [Place] = []

    var count: Int { places.count }

    /// Waits to be admitted; false when the deadline came first. Call on the loop.
    ///
    /// Between the call and the place in the line the loop may turn, because a continuation is made only after a
    /// passage through the executor. Whatever made the caller want to wait is therefore looked at again, there:
    /// `isAdmitted` says that there is nothing to wait for any more.
    func wait(until deadline: MonotonicTime, on loop: EventLoop, unless isAdmitted: () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            if isAdmitted() { return continuation.resume(returning: true) }
            let place = Place(continuation)
            place.timer = loop.schedule(at: deadline) { [weak self] in
                self?.places.removeAll { $0 === place }
                place.leave(admitted: false)
            }
            places.append(place)
        }
    }

    /// Admits the first; false when nobody waits.
    func admitFirst() -> Bool {
        guard !places.isEmpty else { return false }
        places.removeFirst().leave(admitted: true)
        return true
    }

    func admitAll() {
        while admitFirst() {}
    }
}
