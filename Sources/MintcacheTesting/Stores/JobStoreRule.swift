public import Caching

/// What every store of jobs promises, checked on fake and real store alike.
public enum JobStoreRule: String, CaseIterable, Sendable {
    case `gives a job to one owner, with what is to be done`
    case `gives the oldest job first`
    case `gives no job that is left to others`
    case `keeps what was saved, and failures until new ones are`
    case `gives a job whose lease is over to another, and nothing to its old owner`
    case `gives a released job to another at once`
    case `tells the owner that a job was cancelled, and takes its last word`
    case `leaves a job that has ended as it is`
    case `refuses a job when as many are open as may be`
    case `drops the oldest that have ended, and no open one`
    case `starts each run of a schedule once`
    case `starts no run while the one before is open`
    case `knows nothing of what it was never told`

    private static let term = Duration.seconds(60)
    private static let retention = Duration.seconds(600)
    private static let bounds = JobBounds(open: 3, kept: 4, retention: retention)

    /// Throws when the store, empty at first, breaks its promise.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .`gives a job to one owner, with what is to be done`: try await exclusion(store)
        case .`gives the oldest job first`: try await order(store)
        case .`gives no job that is left to others`: try await besides(store)
        case .`keeps what was saved, and failures until new ones are`: try await saving(store)
        case .`gives a job whose lease is over to another, and nothing to its old owner`: try await takeover(store)
        case .`gives a released job to another at once`: try await release(store)
        case .`tells the owner that a job was cancelled, and takes its last word`: try await cancelling(store)
        case .`leaves a job that has ended as it is`: try await ending(store)
        case .`refuses a job when as many are open as may be`: try await refusal(store)
        case .`drops the oldest that have ended, and no open one`: try await room(store)
        case .`starts each run of a schedule once`: try await runs(store)
        case .`starts no run while the one before is open`: try await openRun(store)
        case .`knows nothing of what it was never told`: try await absence(store)
        }
    }

    // MARK: Checks

    private func exclusion(_ store: any JobStore) async throws {
        try await add("1", to: store)
        let claimed = try await claimed(store, "a")
        try expect(claimed.work == Self.bytes("work 1") && claimed.job.request == Self.bytes("request 1"))
        try expect(claimed.job.owner == "a" && claimed.job.isLeased && claimed.job.state == .open)
        try expect(try await store.claim(as: "b", for: Self.term) == nil)
        try expect(try await store.jobs().map(\.isLeased) == [true])
    }

    private func order(_ store: any JobStore) async throws {
        for name in ["2", "1", "3"] { try await add(name, to: store) }
        for name in ["1", "2", "3"] { try expect(try await claimed(store, "a").job.identifier == name) }
        try expect(try await store.jobs().map(\.identifier) == ["3", "2", "1"])
    }

    private func besides(_ store: any JobStore) async throws {
        for name in ["1", "2"] { try await add(name, to: store) }
        let taken = try await store.claim(as: "a", for: Self.term, besides: ["1", "unknown"])
        try expect(taken?.job.identifier == "2")
        try expect(try await store.claim(as: "a", for: Self.term, besides: ["1"]) == nil)
        try expect(try await claimed(store, "b").job.identifier == "1")
    }

    private func saving(_ store: any JobStore) async throws {
        try await add("1", to: store)
        _ = try await claimed(store, "a")
        let first = JobUpdate(.goesOn(term: Self.term), progress: [1, 0, 255], failures: [2, 0])
        try expect(try await store.save(first, of: "1", as: "a") == .saved)
        let second = JobUpdate(.goesOn(term: Self.term), progress: [3], failures: nil)
        try expect(try await store.save(second, of: "1", as: "a") == .saved)
        let job = try await job("1", in: store)
        try expect(job.progress == [3] && job.failures == [2, 0] && job.state == .open)
    }

    private func takeover(_ store: any JobStore) async throws {
        try await add("1", to: store)
        _ = try await store.claim(as: "a", for: .milliseconds(20))
        try await eventually("the lease is over") { try await store.claim(as: "b", for: Self.term) != nil }
        try expect(try await save(.goesOn(term: Self.term), in: store, as: "a") == .lost)
        try expect(try await save(.over(.finished, retention: Self.retention), in: store, as: "a") == .lost)
        try expect(try await save(.goesOn(term: Self.term), in: store, as: "b") == .saved)
        try expect(try await job("1", in: store).owner == "b")
    }

    private func release(_ store: any JobStore) async throws {
        try await add("1", to: store)
        _ = try await claimed(store, "a")
        try expect(try await save(.released, in: store, as: "a") == .saved)
        try expect(try await job("1", in: store).isLeased == false)
        let heir = try await claimed(store, "b")
        try expect(heir.job.progress == Self.bytes("progress") && heir.work == Self.bytes("work 1"))
    }

    private func cancelling(_ store: any JobStore) async throws {
        try await add("1", to: store)
        _ = try await claimed(store, "a")
        let cancelled = try await store.cancel("1", retention: Self.retention)
        try expect(cancelled?.state == .cancelled && cancelled?.endedAt != nil && cancelled?.isLeased == false)
        try expect(try await save(.goesOn(term: Self.term), in: store, as: "a") == .cancelled)
        let job = try await job("1", in: store)
        try expect(job.state == .cancelled && job.progress == Self.bytes("progress"))
        try expect(try await store.claim(as: "b", for: Self.term) == nil)
    }

    private func ending(_ store: any JobStore) async throws {
        try await add("1", to: store)
        _ = try await claimed(store, "a")
        try expect(try await save(.over(.finished, retention: Self.retention), in: store, as: "a") == .saved)
        try expect(try await save(.goesOn(term: Self.term), in: store, as: "a") == .lost)
        try expect(try await store.cancel("1", retention: Self.retention)?.state == .finished)
        try expect(try await store.claim(as: "b", for: Self.term) == nil)
    }

    private func refusal(_ store: any JobStore) async throws {
        for name in ["1", "2", "3"] { try await add(name, to: store) }
        try expect(try await store.add(Self.job("4"), within: Self.bounds) == .refused)
        _ = try await store.cancel("2", retention: Self.retention)
        try await add("4", to: store)
    }

    private func room(_ store: any JobStore) async throws {
        try await add("1", to: store)
        for name in ["2", "3", "4", "5", "6"] {
            try await add(name, to: store)
            _ = try await store.cancel(name, retention: Self.retention)
        }
        try await add("7", to: store)
        try expect(try await store.jobs().map(\.identifier) == ["7", "6", "5", "1"])
        try expect(try await store.job("2") == nil)
    }

    private func runs(_ store: any JobStore) async throws {
        try await add("1", to: store, run: 5)
        _ = try await store.cancel("1", retention: Self.retention)
        for number in [4, 5] as [Int64] {
            try expect(try await store.add(Self.job("2", run: number), within: Self.bounds) == .notDue)
        }
        try await add("2", to: store, run: 6)
    }

    private func openRun(_ store: any JobStore) async throws {
        try await add("1", to: store, run: 5)
        try expect(try await store.add(Self.job("2", run: 6), within: Self.bounds) == .notDue)
        _ = try await store.cancel("1", retention: Self.retention)
        try expect(try await store.add(Self.job("2", run: 6), within: Self.bounds) == .notDue)
        try await add("2", to: store, run: 7)
    }

    private func absence(_ store: any JobStore) async throws {
        try expect(try await store.jobs().isEmpty)
        try expect(try await store.job("1") == nil)
        try expect(try await store.cancel("1", retention: Self.retention) == nil)
        try expect(try await store.claim(as: "a", for: Self.term) == nil)
        try expect(try await save(.released, in: store, as: "a") == .lost)
    }

    // MARK: Steps

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func job(_ name: String, run: Int64? = nil) -> NewJob {
        NewJob(
            identifier: name, createdAt: 1_700_000_000_000 + (Int64(name) ?? 0), request: bytes("request \(name)"),
            work: bytes("work \(name)"),
            run: run.map { .init(schedule: "nightly", number: $0, interval: .seconds(60)) })
    }

    private func add(_ name: String, to store: any JobStore, run: Int64? = nil) async throws {
        try expect(try await store.add(Self.job(name, run: run), within: Self.bounds) == .added)
    }

    private func claimed(_ store: any JobStore, _ owner: String) async throws -> ClaimedJob {
        guard let job = try await store.claim(as: owner, for: Self.term) else { throw failure(#line) }
        return job
    }

    private func job(_ name: String, in store: any JobStore) async throws -> StoredJob {
        guard let job = try await store.job(name) else { throw failure(#line) }
        return job
    }

    private func save(
        _ course: JobUpdate.Course, in store: any JobStore, as owner: String
    ) async throws -> JobStanding {
        try await store.save(
            JobUpdate(course, progress: Self.bytes("progress"), failures: nil), of: "1", as: owner)
    }

    private func expect(_ condition: Bool, line: Int = #line) throws {
        if !condition { throw failure(line) }
    }

    private func failure(_ line: Int) -> TestSupportError {
        TestSupportError("a store of jobs that \(rawValue): broken at line \(line)")
    }
}
