public import EventLoops
import Glibc

/// Fetches over HTTP from gateways, providers, and wherever a token's URI points: one pool of connections on one loop.
///
/// Everything a stranger controls is held against a limit: where a URL leads (its scheme, port and each address of its
/// host, before connecting, at the socket, and again for open connections and redirects), how long an answer takes,
/// how large it grows once decoded, how strictly it is HTTP. Hosts that fail are left alone for a while, retries are
/// few, and both the transfers and those who wait for them are counted.
///
/// The process ignores SIGPIPE from the first client on: TLS writes cannot be kept from raising it otherwise.
public actor UpstreamClient {
    let loop: EventLoop
    let options: UpstreamOptions
    let policy: AddressPolicy
    let resolvers: Resolvers
    private let boundMulti: LoopBound<MultiHandle>
    let retryPolicy: RetryPolicy
    var admission: Admission
    var hosts: HostTable
    var queue: [Admission.Ticket: Wait<Result<Void, FetchFailure>>] = [:]
    var budget: RetryBudget
    var tally = UpstreamCounters()
    private var activeCalls = 0
    private(set) var isClosed = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Any context. The client's work happens on `loop`.
    public init(loop: EventLoop, options: UpstreamOptions = UpstreamOptions(), resolvers: Resolvers = Resolvers()) {
        _ = CurlLibrary.isReady
        signal(SIGPIPE, SIG_IGN)
        self.loop = loop
        self.options = options
        self.resolvers = resolvers
        policy = AddressPolicy(options)
        boundMulti = LoopBound(MultiHandle(loop: loop, idleConnections: max(options.maximumInFlight, 16)), on: loop)
        retryPolicy = RetryPolicy(retries: max(options.retries, 0))
        admission = Admission(
            Admission.Limits(
                perHost: max(options.connectionsPerHost, 1), total: max(options.maximumInFlight, 1),
                waiting: max(options.maximumWaiting, 0)))
        hosts = HostTable(options.breaker)
        budget = RetryBudget(at: .current)
    }

    /// Not an isolated one: with those, Swift 6.3.1 cannot compile another module that makes clients in release mode.
    deinit {
        let multi = boundMulti
        loop.execute { multi.value.close(.closed, "the client is gone") }
    }

    var multi: MultiHandle { boundMulti.value }

    /// Fetches one URL: redirects followed, transient failures retried, the whole body decoded and collected. Answers
    /// of every status are returned; see ``UpstreamResponse/requireSuccess()``.
    ///
    /// Any context; cancelling the calling task ends the transfer. Throws when there is no whole and strict answer
    /// within the request's time.
    public func fetch(_ request: UpstreamRequest) async throws(FetchFailure) -> UpstreamResponse {
        tally.fetches += 1
        do throws(FetchFailure) {
            try beginCall(fault: request.fieldFault)
            defer { endCall() }
            let now = loop.now
            let journey = Journey(request: request, started: now, deadline: now + (request.timeout ?? options.timeout))
            return try await fetch(Hop(request), on: journey)
        } catch {
            throw counting(error)
        }
    }

    /// Whether one more call can be taken; ``endCall()`` ends it.
    func beginCall(fault: String? = nil) throws(FetchFailure) {
        if isClosed { throw FetchFailure(.closed, "", "the client was shut down") }
        if let fault { throw FetchFailure(.invalidRequest, "", fault) }
        guard activeCalls < options.maximumInFlight + options.maximumWaiting else {
            throw FetchFailure(.overloaded, "", "too many requests are under way")
        }
        activeCalls += 1
    }

    func endCall() {
        activeCalls -= 1
    }

    func counting(_ failure: FetchFailure) -> FetchFailure {
        tally.failures += 1
        tally.failuresByLabel[failure.label, default: 0] += 1
        return failure
    }

    /// How the hosts asked lately are doing, busiest first.
    public func health() -> [HostHealth] {
        hosts.health(admission, at: loop.now)
    }

    public func counters() -> UpstreamCounters {
        var counters = tally
        counters.connectionsOpened = multi.connectionsOpened
        counters.openConnections = multi.openSockets
        counters.running = admission.running
        counters.waiting = admission.waiting
        return counters
    }

    /// Ends every transfer and every wait with ``FetchFailure/Kind/closed`` and closes the connections, for good.
    public func shutdown() {
        guard !isClosed else { return }
        isClosed = true
        for wait in queue.values { wait.resume(.failure(FetchFailure(.closed, "", "the client was shut down"))) }
        multi.close(.closed, "the client was shut down")
    }

    // MARK: Attempts

    private func fetch(_ first: Hop, on journey: Journey) async throws(FetchFailure) -> UpstreamResponse {
        budget.deposit(at: loop.now)
        var attempt = 1
        var previous: Result<UpstreamResponse, FetchFailure>?
        while true {
            let outcome = await attemptOnce(first, on: journey, attempt: attempt)
            // A retry that was kept from the host says less than the attempt before it.
            if let previous, case .failure(let failure) = outcome, case .breakerOpen = failure.kind {
                return try previous.get()
            }
            guard await pauseBeforeRetry(outcome, attempt, journey) else { return try outcome.get() }
            if Task.isCancelled { throw FetchFailure(.cancelled, first.url.authority, "the caller gave up") }
            previous = outcome
            attempt += 1
            tally.retries += 1
        }
    }

    private func attemptOnce(
        _ first: Hop, on journey: Journey, attempt: Int
    ) async -> Result<UpstreamResponse, FetchFailure> {
        do throws(FetchFailure) {
            var response = try await follow(first, on: journey)
            response.timings.attempts = attempt
            return .success(response)
        } catch {
            return .failure(error)
        }
    }

    /// Whether there is to be another attempt; its pause is over then.
    private func pauseBeforeRetry(
        _ outcome: Result<UpstreamResponse, FetchFailure>, _ attempt: Int, _ journey: Journey
    ) async -> Bool {
        guard journey.request.isRepeatable, !isClosed else { return false }
        let pause = retryPolicy.pause(
            after: outcome, attempt: attempt, retries: journey.request.retries,
            remaining: journey.deadline - loop.now, chance: .random(in: 0..<1))
        guard let pause else { return false }
        guard budget.withdraw(at: loop.now) else {
            tally.retriesWithheld += 1
            return false
        }
        await loop.sleep(for: pause)
        return true
    }

    private func follow(_ first: Hop, on journey: Journey) async throws(FetchFailure) -> UpstreamResponse {
        let limit = journey.request.maximumRedirects
        var hop = first
        var redirects = 0
        while true {
            var response = try await exchange(hop, on: journey)
            guard limit > 0, let next = try hop.following(response) else {
                response.timings.redirects = redirects
                response.timings.waiting = max((loop.now - journey.started) - response.timings.transfer, .zero)
                return response
            }
            guard redirects < limit else {
                throw FetchFailure(.tooManyRedirects, hop.url.authority, "more than \(limit) redirects")
            }
            redirects += 1
            tally.redirects += 1
            hop = next
        }
    }
}

/// A request with the time it has, through all its redirects and attempts.
struct Journey {
    let request: UpstreamRequest
    let started: MonotonicTime
    let deadline: MonotonicTime
}
