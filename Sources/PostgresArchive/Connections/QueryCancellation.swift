private import CPostgres
import Dispatch
import Synchronization

/// The right to ask a server to give up what a connection runs, valid after the connection is gone.
///
/// Safe: a PGcancel does not change and `PQcancel` may be called from any thread (PostgreSQL manual, 34.7).
final class QueryCancellation: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a `PGcancel` that nobody else will free.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Opens a connection, asks, and waits until the server closes it: blocks. What comes of it does not matter, since
    /// the connection it is about has been given up.
    fileprivate func request() {
        var words = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &words, Int32(words.count))
    }
}

/// Sends cancellations off the loop, one at a time, because libpq's call blocks for as long as the server is frozen.
/// While one is under way others are dropped: the server's own time limits end those statements a little later.
final class CancellationLane: Sendable {
    private let queue = DispatchQueue(label: "mintcache.postgres.cancel")
    private let isBusy = Mutex(false)

    func request(_ cancellation: QueryCancellation) {
        let isFree = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFree else { return }
        queue.async {
            cancellation.request()
            self.isBusy.withLock { $0 = false }
        }
    }
}
