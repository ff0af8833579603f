import Caching
import EventLoops
import Synchronization

/// Jobs that end with the process: where there is neither Redis nor an archive of our own to keep them.
final class MemoryJobStore: JobStore {
    private struct Entry {
        var job: StoredJob
        var work: [UInt8]
        var leasedUntil: Int64 = 0
        var forgetAt = Int64.max
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var runs: [String: (number: Int64, job: String)] = [:]

        func isOpen(_ identifier: String) -> Bool { entries[identifier]?.job.state == .open }
    }

    private let state = Mutex(State())
    private let time: TimeSource

    init(time: TimeSource) {
        self.time = time
    }

    func add(_ job: NewJob, within bounds: JobBounds) async throws(StoreError) -> JobAddition {
        let now = time.now
        return state.withLock { state in
            state.entries = state.entries.filter { $0.value.forgetAt > now }
            if let run = job.run, let last = state.runs[run.schedule] {
                if run.number <= last.number { return .notDue }
                state.runs[run.schedule] = (run.number, last.job)
                if state.isOpen(last.job) { return .notDue }
            }
            guard state.entries.values.count(where: { $0.job.state == .open }) < bounds.open else { return .refused }
            if let run = job.run { state.runs[run.schedule] = (run.number, job.identifier) }
            state.entries[job.identifier] = Entry(
                job: StoredJob(
                    identifier: job.identifier, createdAt: job.createdAt, request: job.request, state: .open),
                work: job.work)
            let ended = state.entries.filter { $0.value.job.state != .open }.keys.sorted()
            for old in ended.prefix(max(0, state.entries.count - bounds.kept)) { state.entries[old] = nil }
            return .added
        }
    }

    func jobs() async throws(StoreError) -> [StoredJob] {
        let now = time.now
        return state.withLock { state in
            state.entries.values.filter { $0.forgetAt > now }.map { shown($0, at: now) }
                .sorted { $0.identifier > $1.identifier }
        }
    }

    func job(_ identifier: String) async throws(StoreError) -> StoredJob? {
        state.withLock { $0.entries[identifier].map { shown($0, at: time.now) } }
    }

    func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) async throws(StoreError) -> ClaimedJob? {
        let now = time.now
        return state.withLock { state in
            let free = state.entries.values.filter {
                $0.job.state == .open && $0.leasedUntil <= now && !others.contains($0.job.identifier)
            }
            guard var entry = free.min(by: { $0.job.identifier < $1.job.identifier }) else { return nil }
            entry.job.owner = owner
            entry.leasedUntil = now + term.inMilliseconds
            state.entries[entry.job.identifier] = entry
            return ClaimedJob(job: shown(entry, at: now), work: entry.work)
        }
    }

    func save(
        _ update: JobUpdate, of identifier: String, as owner: String
    ) async throws(StoreError) -> JobStanding {
        let now = time.now
        return state.withLock { state in
            guard var entry = state.entries[identifier], entry.job.owner == owner,
                entry.job.state == .open || entry.job.state == .cancelled
            else { return .lost }
            entry.job.progress = update.progress
            entry.job.failures = update.failures ?? entry.job.failures
            let isOpen = entry.job.state == .open
            switch update.course {
            case .goesOn(let term) where isOpen: entry.leasedUntil = now + term.inMilliseconds
            case .released where isOpen: entry.leasedUntil = 0
            case .over(let ending, let retention) where isOpen: Self.end(&entry, as: ending, at: now, retention)
            case .goesOn, .released, .over: break
            }
            state.entries[identifier] = entry
            return isOpen ? .saved : .cancelled
        }
    }

    func cancel(_ identifier: String, retention: Duration) async throws(StoreError) -> StoredJob? {
        let now = time.now
        return state.withLock { state in
            guard var entry = state.entries[identifier] else { return nil }
            if entry.job.state == .open { Self.end(&entry, as: .cancelled, at: now, retention) }
            state.entries[identifier] = entry
            return shown(entry, at: now)
        }
    }

    private static func end(
        _ entry: inout Entry, as state: StoredJob.State, at now: Int64, _ retention: Duration
    ) {
        entry.job.state = state
        entry.job.endedAt = now
        entry.work = []
        entry.leasedUntil = 0
        entry.forgetAt = now + retention.inMilliseconds
    }

    private func shown(_ entry: Entry, at now: Int64) -> StoredJob {
        var job = entry.job
        job.isLeased = job.state == .open && entry.leasedUntil > now
        return job
    }
}
