/// Jobs that outlive the process that works on them. Each is worked on by one instance at a time, which holds it by a
/// lease; when its term ends another instance takes it up where it was last saved.
///
/// What a job is about is the composition's: here it is bytes.
public protocol JobStore: Sendable {
    /// Adds a job that nobody works on yet, and drops those that are too many.
    func add(_ job: NewJob, within bounds: JobBounds) async throws(StoreError) -> JobAddition

    /// Every job remembered, the newest first, without their failures.
    func jobs() async throws(StoreError) -> [StoredJob]

    /// One job with its failures; nil for an unknown one.
    func job(_ identifier: String) async throws(StoreError) -> StoredJob?

    /// Takes the oldest open job that nobody works on, for a term; nil when there is none.
    ///
    /// - Parameters:
    ///   - owner: unique to this taking, so that nobody saves in another's place.
    ///   - others: jobs that are left to others.
    func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) async throws(StoreError) -> ClaimedJob?

    /// Saves how far a job is, and lets its lease last for another term, or ends it.
    func save(_ update: JobUpdate, of identifier: String, as owner: String) async throws(StoreError) -> JobStanding

    /// Ends an open job as cancelled; who works on it learns of it with the next save. One that has ended stays as it is.
    ///
    /// - Parameter retention: how long it is remembered.
    /// - Returns: the job, as it is now; nil for an unknown one.
    func cancel(_ identifier: String, retention: Duration) async throws(StoreError) -> StoredJob?
}

extension JobStore {
    /// Takes the oldest open job that nobody works on, whichever it is.
    public func claim(as owner: String, for term: Duration) async throws(StoreError) -> ClaimedJob? {
        try await claim(as: owner, for: term, besides: [])
    }
}

/// How many jobs are kept, and for how long.
public struct JobBounds: Sendable, Hashable {
    /// Jobs that have not ended; more are refused.
    public var open: Int
    /// Jobs in all; the oldest that have ended make room.
    public var kept: Int
    /// How long a job is remembered when it has ended.
    public var retention: Duration

    public init(open: Int, kept: Int, retention: Duration) {
        self.open = open
        self.kept = kept
        self.retention = retention
    }
}

/// A job to be added.
public struct NewJob: Sendable, Hashable {
    /// One run of a schedule, of which only one is added, and none while the one before it is open.
    public struct Run: Sendable, Hashable {
        /// Of the schedule.
        public let schedule: String
        /// Grows with every run that is due.
        public let number: Int64
        /// The time between two runs.
        public let interval: Duration

        public init(schedule: String, number: Int64, interval: Duration) {
            self.schedule = schedule
            self.number = number
            self.interval = interval
        }
    }

    /// Those added later are greater.
    public let identifier: String
    /// Milliseconds since 1970.
    public let createdAt: Int64
    /// What it is about; never changes.
    public let request: [UInt8]
    /// What is to be done, which may be long: kept until the job ends.
    public let work: [UInt8]
    public let run: Run?

    public init(identifier: String, createdAt: Int64, request: [UInt8], work: [UInt8], run: Run? = nil) {
        self.identifier = identifier
        self.createdAt = createdAt
        self.request = request
        self.work = work
        self.run = run
    }
}

/// What came of adding a job.
public enum JobAddition: Sendable, Hashable {
    case added
    /// As many are open as may be.
    case refused
    /// Another instance has started this run, or the one before it is still open.
    case notDue
}

/// What is remembered of a job.
public struct StoredJob: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case open, finished, cancelled, failed
    }

    public var identifier: String
    public var createdAt: Int64
    public var request: [UInt8]
    public var state: State
    /// Who works on it, or did last; nil when nobody ever has.
    public var owner: String?
    /// Whether the owner's lease holds.
    public var isLeased: Bool
    /// How far it is, as last saved; empty before that.
    public var progress: [UInt8]
    /// What failed; empty where it was not asked for.
    public var failures: [UInt8]
    /// Milliseconds since 1970.
    public var endedAt: Int64?

    public init(
        identifier: String, createdAt: Int64, request: [UInt8], state: State, owner: String? = nil,
        isLeased: Bool = false, progress: [UInt8] = [], failures: [UInt8] = [], endedAt: Int64? = nil
    ) {
        self.identifier = identifier
        self.createdAt = createdAt
        self.request = request
        self.state = state
        self.owner = owner
        self.isLeased = isLeased
        self.progress = progress
        self.failures = failures
        self.endedAt = endedAt
    }
}

/// A job that was taken, with what is to be done.
public struct ClaimedJob: Sendable, Hashable {
    public var job: StoredJob
    public var work: [UInt8]

    public init(job: StoredJob, work: [UInt8]) {
        self.job = job
        self.work = work
    }
}

/// What the owner of a job has to say of it.
public struct JobUpdate: Sendable, Hashable {
    public enum Course: Sendable, Hashable {
        /// The owner works on, for another term at least.
        case goesOn(term: Duration)
        /// Somebody else may take it up at once.
        case released
        /// It is over, and remembered for so long.
        case over(StoredJob.State, retention: Duration)
    }

    public var course: Course
    public var progress: [UInt8]
    /// Nil for those saved before.
    public var failures: [UInt8]?

    public init(_ course: Course, progress: [UInt8], failures: [UInt8]?) {
        self.course = course
        self.progress = progress
        self.failures = failures
    }
}

/// What the owner of a job learns when it saves.
public enum JobStanding: Sendable, Hashable {
    /// It was saved, and is the owner's, or over as the owner said.
    case saved
    /// It was saved, and has been cancelled: nothing more is to be done.
    case cancelled
    /// Another has taken it up, or it is gone: nothing was saved.
    case lost
}
