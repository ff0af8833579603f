import EventLoops

/// What is remembered of each host: its breaker and its counts. Bounded, because strangers choose the hosts.
struct HostTable {
    private struct Entry {
        var breaker: CircuitBreaker
        var transfers: UInt64 = 0
        var failures: UInt64 = 0
        var lastUsed: MonotonicTime
    }

    static let defaultCapacity = 4096

    private let limits: BreakerLimits
    private let capacity: Int
    private var entries: [HostKey: Entry] = [:]

    init(_ limits: BreakerLimits, capacity: Int = HostTable.defaultCapacity) {
        self.limits = limits
        self.capacity = max(capacity, 4)
    }

    var count: Int { entries.count }

    /// How long requests to a host are refused; `nil` when they are not.
    func refusal(of host: HostKey, at now: MonotonicTime) -> Duration? {
        entries[host]?.breaker.refusal(at: now)
    }

    mutating func admit(_ host: HostKey, at now: MonotonicTime) -> CircuitBreaker.Pass {
        if entries[host] == nil { makeRoom() }
        var entry = entries[host] ?? Entry(breaker: CircuitBreaker(limits), lastUsed: now)
        let pass = entry.breaker.admit(now)
        entry.lastUsed = now
        switch pass {
        case .normal, .probe: entry.transfers += 1
        case .refused: break
        }
        entries[host] = entry
        return pass
    }

    /// What a transfer that was admitted came to.
    mutating func record(
        _ verdict: HostVerdict, of host: HostKey, pass: CircuitBreaker.Pass, at now: MonotonicTime,
        chance: Double = .random(in: 0..<1)
    ) {
        guard var entry = entries[host] else { return }
        switch verdict {
        case .healthy:
            entry.breaker.succeed(now)
        case .failing:
            entry.failures += 1
            entry.breaker.fail(pass, now, chance: chance)
        case .hold(let pause):
            entry.failures += 1
            entry.breaker.hold(for: pause, now)
        case .unknown:
            break
        }
        entries[host] = entry
    }

    /// The hosts seen lately, busiest first.
    func health(_ admission: Admission, at now: MonotonicTime) -> [HostHealth] {
        entries.map { host, entry in
            HostHealth(
                host: host.host, port: host.port, running: admission.running(at: host),
                waiting: admission.waiting(at: host), transfers: entry.transfers, failures: entry.failures,
                consecutiveFailures: entry.breaker.consecutiveFailures,
                refusedFor: entry.breaker.isClosed ? nil : entry.breaker.refusal(at: now) ?? .zero)
        }
        .sorted { ($0.transfers, $1.host) > ($1.transfers, $0.host) }
    }

    /// Drops the least recently used quarter, those with a closed breaker first.
    private mutating func makeRoom() {
        guard entries.count >= capacity else { return }
        let oldest = entries.sorted { left, right in
            let (first, second) = (left.value, right.value)
            if first.breaker.isClosed != second.breaker.isClosed { return first.breaker.isClosed }
            return first.lastUsed < second.lastUsed
        }
        for (host, _) in oldest.prefix(capacity / 4) { entries[host] = nil }
    }
}

/// What the end of a transfer says about its host.
enum HostVerdict: Equatable {
    case healthy
    case failing
    /// It asked to be left alone.
    case hold(Duration)
    /// The end was ours, not the host's.
    case unknown

    init(_ response: TransferResult, now: Int64) {
        switch response.status {
        // 599 is OpenSea's for too many requests.
        case 429, 503, 599:
            let pause = response.fields.first { $0.name == "retry-after" }
                .flatMap { RetryAfter.pause(from: $0.value, now: now) }
            if let pause, pause > .zero { self = .hold(pause) } else { self = .failing }
        case 502:
            self = .failing
        case _:
            self = .healthy
        }
    }

    /// - Parameter lasted: how long the transfer ran. A host given no time to answer has not failed.
    init(_ failure: FetchFailure, lasted: Duration) {
        switch failure.kind {
        case .connect, .tls, .truncated, .malformedResponse: self = .failing
        case .timeout: self = lasted < .milliseconds(500) ? .unknown : .failing
        case .invalidRequest, .refusedURL, .refusedAddress, .nameNotFound, .tooLarge, .tooManyRedirects: self = .unknown
        case .overloaded, .breakerOpen, .status, .cancelled, .closed: self = .unknown
        }
    }

    /// What an exchange that brought no head says: an answer that is not well formed may be that of one resource only.
    init(exchange failure: FetchFailure, lasted: Duration) {
        self = failure.kind == .malformedResponse ? .unknown : HostVerdict(failure, lasted: lasted)
    }
}
