import Caching
import Synchronization
import Tokens

/// Writes that wait for the disk. Those that come while a transaction is under way share the next one, so that a
/// commit's cost is paid by time and not by number.
final class WriteQueue: Sendable {
    private struct Write: Sendable {
        let records: [TokenRecord]
        let reply: Reply<StoreReport>
    }

    private struct State {
        var waiting: [Write] = []
        var rows = 0
        var isScheduled = false
    }

    private static let maximumWaitingRows = 50_000
    /// Rows in a transaction, unless one caller brings more.
    private static let transactionRows = 1000

    private let lane: DatabaseLane
    private let state = Mutex(State())

    init(_ lane: DatabaseLane) {
        self.lane = lane
    }

    /// Answers when the transaction that holds the records is committed.
    func store(_ records: [TokenRecord], within limit: Duration) async throws(StoreError) -> StoreReport {
        let write = Write(records: records, reply: Reply())
        let isFirst = try accept(write)
        if isFirst { lane.enqueue { _ in self.commitNext() } }
        return try await write.reply.value(within: limit)
    }

    /// Whether a transaction has to be scheduled for this write.
    private func accept(_ write: Write) throws(StoreError) -> Bool {
        try state.withLock { state throws(StoreError) in
            guard state.rows == 0 || state.rows + write.records.count <= Self.maximumWaitingRows else {
                throw StoreError(kind: .overloaded, detail: "sqlite: too many records are waiting")
            }
            state.waiting.append(write)
            state.rows += write.records.count
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
    }

    /// Commits what waits, up to a transaction's worth, and comes back for the rest after other work on the lane.
    private func commitNext() {
        let group = takeGroup()
        let outcome = lane.perform { (database) throws(SQLiteFailure) in
            try database.transaction { () throws(SQLiteFailure) in
                var reports: [StoreReport] = []
                for write in group { reports.append(try database.store(write.records)) }
                return reports
            }
        }
        switch outcome {
        case .success(let reports): for (write, report) in zip(group, reports) { write.reply.give(.success(report)) }
        case .failure(let error): for write in group { write.reply.give(.failure(error)) }
        }
        let hasMore = state.withLock { state in
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
        if hasMore { lane.enqueue { _ in self.commitNext() } }
    }

    private func takeGroup() -> [Write] {
        state.withLock { state in
            var rows = 0
            var count = 0
            for write in state.waiting {
                if count > 0, rows + write.records.count > Self.transactionRows { break }
                rows += write.records.count
                count += 1
            }
            let group = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            state.rows -= rows
            return group
        }
    }

    /// Waits until nothing is left to commit.
    func drain() async {
        while state.withLock({ $0.isScheduled }) {
            await withCheckedContinuation { continuation in
                lane.enqueue { _ in continuation.resume() }
            }
        }
    }
}
