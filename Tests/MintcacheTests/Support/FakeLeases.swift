import Caching
import Tokens

/// Leases that say what a test told them to, one answer for each attempt, the last one for all that follow.
actor FakeLeases: FetchLeases {
    /// Keeps back what somebody has got.
    let gate = Gate()
    private(set) var announced: [(subject: FleetSubject, moment: Int64)] = []
    private(set) var wishes: [LeaseWish] = []
    private(set) var renewed: [FetchLease] = []
    private(set) var ended: [(lease: FetchLease, outcome: FetchOutcome, memory: Duration)] = []
    private var answers: [Answer] = []
    private var isLost = false

    enum Answer: Sendable {
        case taken
        case held(left: Duration, since: Int64)
        case failed([UInt8], left: Duration)
        case error(StoreError)
    }

    func answer(_ answers: Answer...) {
        self.answers = answers
    }

    /// Whether renewals come too late from now on.
    func lose(_ isLost: Bool = true) {
        self.isLost = isLost
    }

    func take(_ wish: LeaseWish, within limit: Duration) async throws(StoreError) -> LeaseAttempt {
        wishes.append(wish)
        await gate.pass()
        switch answers.count > 1 ? answers.removeFirst() : answers.first ?? .taken {
        case .taken:
            return .taken(
                FetchLease(
                    wish.subject, owner: "\(wishes.count)", attempt: 1, since: wish.since, purge: wish.purge))
        case .held(let left, let since):
            return .held(left: left, since: since)
        case .failed(let problem, let left):
            return .failed(problem, left: left)
        case .error(let error):
            throw error
        }
    }

    func renew(_ lease: FetchLease, for term: Duration) async throws(StoreError) -> Bool {
        renewed.append(lease)
        return !isLost
    }

    func end(
        _ lease: FetchLease, _ outcome: FetchOutcome, rememberingFailureFor memory: Duration
    ) async throws(StoreError) {
        ended.append((lease, outcome, memory))
    }

    func announce(_ subject: FleetSubject, storedAt moment: Int64) async throws(StoreError) {
        announced.append((subject, moment))
    }
}
