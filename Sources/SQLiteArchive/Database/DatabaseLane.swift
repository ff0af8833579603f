import Caching
import Dispatch
import Synchronization

/// A database with the queue on which its blocking work is done, in order.
final class DatabaseLane: Sendable {
    private static let maximumWaiting = 4096

    private let queue: DispatchQueue
    private let database: Mutex<SQLiteDatabase?>
    private let waiting = Atomic(0)

    init(_ location: SQLiteLocation, label: String) throws(StoreError) {
        queue = DispatchQueue(label: label)
        do throws(SQLiteFailure) {
            database = Mutex(try SQLiteDatabase(location))
        } catch {
            throw error.storeError
        }
    }

    /// Does work on the queue and answers within the limit. Work that begins after its caller's deadline is left out.
    func run<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) async throws(StoreError) -> Value {
        guard waiting.load(ordering: .relaxed) < Self.maximumWaiting else {
            throw StoreError(kind: .overloaded, detail: "sqlite: too much work is waiting")
        }
        let reply = Reply<Value>()
        enqueue { lane in
            if !reply.isGiven { reply.give(lane.perform(work)) }
        }
        return try await reply.value(within: limit)
    }

    /// Does work on the queue, after what was enqueued before.
    func enqueue(_ work: @escaping @Sendable (DatabaseLane) -> Void) {
        waiting.add(1, ordering: .relaxed)
        queue.async {
            work(self)
            self.waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Does work now. Call on the queue, from work enqueued.
    func perform<Value: Sendable>(
        _ work: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) -> Result<Value, StoreError> {
        database.withLock { database in
            guard let database else { return .failure(Self.closed) }
            do throws(SQLiteFailure) {
                return .success(try work(database))
            } catch {
                return .failure(error.storeError)
            }
        }
    }

    /// Closes the database once everything enqueued before is done.
    func close() async {
        await withCheckedContinuation { continuation in
            enqueue { lane in
                lane.database.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }

    static let closed = StoreError(kind: .unreachable, detail: "sqlite: the archive is closed")
}
