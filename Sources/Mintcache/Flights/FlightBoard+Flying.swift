import Caching
import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// From the start of a flight to what it brings.
extension FlightBoard {
    /// - Parameter trace: of the request that begins the flight.
    func start(_ reference: TokenReference, _ purpose: FlightPurpose, for trace: RequestTrace? = nil) {
        metrics.flights.increment()
        if purpose == .renewal { renewing.insert(reference) }
        let log = observer.begin(CollectionKey(reference), trace)
        let priority = UpstreamPriority.forPart()
        priorities[reference] = priority
        Task(executorPreference: loop) {
            await UpstreamPriority.$current.withValue(priority) {
                await FlightLog.$current.withValue(log) { await self.fly(reference, purpose) }
            }
            self.observer.end(log, "flight", [("token", .string("\(reference)")), ("purpose", .string("\(purpose)"))])
        }
    }

    private func fly(_ reference: TokenReference, _ purpose: FlightPurpose) async {
        let collection = CollectionKey(reference)
        updates.contracts.enter(collection)
        lookups.begin(reference)
        defer {
            updates.contracts.leave(collection)
            lookups.end(reference)
        }
        var fetch = TokenFetch(reference, purpose, since: updates.beginning, at: time.now)
        let setback = purpose == .renewal ? nil : setbacks.current(for: reference, at: time.now)
        // Another flight may have failed between this request's miss and its turn.
        if let problem = setback?.problem { return await land(reference, .problem(problem)) }
        let found = await search.look(for: reference, by: equipment.rules)
        if let found, purpose != .renewal {
            switch found.freshness {
            case .fresh:
                return await land(reference, .held(found))
            case .staleWhileRevalidate where purpose == .answer:
                await land(reference, .held(found))
                return refresh(reference)
            case .staleWhileRevalidate, .staleIfError, .expired:
                break
            }
        }
        if let found, found.isGoodCopy {
            // Its sources failed a short while ago; they are left alone until their time is up.
            if setback != nil { return await land(reference, .held(found)) }
            standIns[reference] = found
        }
        fetch.found = found
        await takeTurn(fetch)
    }

    /// Asks the sources, unless another instance does.
    private func takeTurn(_ fetch: TokenFetch) async {
        guard let fleet, let redis = search.stores.redis else { return await ask(fetch) }
        var fetch = fetch
        switch await fleet.admission(to: FleetQuestion(fetch, search, redis, equipment.rules)) {
        case .lead(let lease):
            fetch.lease = lease
            await ask(fetch)
        case .alone:
            await ask(fetch)
        case .landed(let record):
            await share(fetch, record)
        case .failed(let problem, let left):
            await heed(fetch, problem, for: left)
        }
    }

    private func ask(_ fetch: TokenFetch) async {
        let start = time.now
        do throws(Problem) {
            switch try await resolution(of: fetch) {
            case .fetched(let record):
                await arrive(fetch, with: updates.dated(record, since: fetch.beginning, askedAt: start))
            case .archived(let record): await stepIn(fetch, with: record)
            }
        } catch {
            await fail(fetch, error)
        }
    }

    private func resolution(of fetch: TokenFetch) async throws(Problem) -> Resolution {
        let start = MonotonicTime.current
        defer { FlightLog.current?.note(\.source, since: start) }
        return try await equipment.resolver.resolve(
            fetch.reference, holding: fetch.found?.record, isRenewal: fetch.purpose == .renewal)
    }

    /// A failure never replaces a good copy, and neither does an answer that there is nothing.
    private func arrive(_ fetch: TokenFetch, with record: TokenRecord) async {
        metrics.count(record.outcome)
        // What was purged on its way is kept nowhere: the archive would know it by its time alone, which may be later.
        if updates.isVoid(.fetched(record)) {
            end(fetch, .givenUp)
            return await land(fetch.reference, .fetched(record))
        }
        if record.outcome != .document, let copy = fetch.goodCopy {
            endFailed(fetch, nil)
            return await land(fetch.reference, .held(copy))
        }
        setbacks.forget(fetch.reference)
        let isShared = await keeper.keep(record)
        end(fetch, isShared ? .stored(moment: record.fetchedAt) : .givenUp)
        await land(fetch.reference, .fetched(record))
        // Tokens that came with the same placeholder before it was known for one.
        for suspect in equipment.placeholders.takeSuspects() { renew(suspect) }
    }

    /// What another instance fetched is in the stores already.
    private func share(_ fetch: TokenFetch, _ record: TokenRecord) async {
        if record.outcome != .document, let copy = fetch.goodCopy {
            setBack(fetch, nil)
            return await land(fetch.reference, .held(copy))
        }
        setbacks.forget(fetch.reference)
        await land(fetch.reference, .fetched(record), isShared: true)
    }

    /// The archive's copy is sent in place of a new one. It is not stored again, and the sources are asked again as soon
    /// as after a failure.
    private func stepIn(_ fetch: TokenFetch, with record: TokenRecord) async {
        metrics.staleIfError.increment()
        endFailed(fetch, nil)
        let isStale = record.freshUntil <= time.now || updates.isOutdated(record)
        await land(fetch.reference, .held(record, tier: .archive, isStale: isStale))
    }

    private func fail(_ fetch: TokenFetch, _ problem: Problem) async {
        metrics.failedFlights.increment()
        if let copy = fetch.goodCopy {
            metrics.staleIfError.increment()
            endFailed(fetch, nil, problem.shared)
            await land(fetch.reference, .held(copy))
        } else if problem.status == 503 {
            // Our own overload is over sooner than a failure is forgotten, and it is no other instance's.
            end(fetch, .givenUp)
            await land(fetch.reference, .problem(problem))
        } else if endFailed(fetch, problem, problem.shared) {
            await land(fetch.reference, .problem(problem))
        } else {
            startAgain(fetch)
        }
    }

    /// Other instances' failures are as good as our own.
    ///
    /// - Parameter memory: how long the others leave the sources alone.
    private func heed(_ fetch: TokenFetch, _ failure: [UInt8], for memory: Duration) async {
        if updates.isPurged(fetch.reference, since: fetch.beginning) { return startAgain(fetch) }
        if let copy = fetch.goodCopy {
            metrics.staleIfError.increment()
            setBack(fetch, nil, for: memory)
            await land(fetch.reference, .held(copy))
        } else if let problem = Problem(shared: failure) {
            metrics.failedFlights.increment()
            setBack(fetch, problem, for: memory)
            await land(fetch.reference, .problem(problem), isShared: true)
        } else {
            // Whoever failed holds a copy that this instance has not.
            await ask(fetch)
        }
    }

    /// A failure from before a purge counts for nothing: those who have asked since are owed a try.
    private func startAgain(_ fetch: TokenFetch) {
        standIns[fetch.reference] = nil
        start(fetch.reference, fetch.purpose)
    }

    /// Keeps the sources from being asked for a while, which is returned; nil when a purge has come since, and the next
    /// who asks may try.
    @discardableResult
    private func setBack(_ fetch: TokenFetch, _ problem: Problem?, for memory: Duration? = nil) -> Duration? {
        if updates.isPurged(fetch.reference, since: fetch.beginning) { return nil }
        let digest = fetch.reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) }
        return setbacks.remember(
            problem, for: fetch.reference, digest: digest, for: memory, by: equipment.rules.lifetimes, at: time.now)
    }

    /// Keeps the sources from being asked by anybody for a while; false when a purge has come since.
    ///
    /// - Parameter note: what other instances answer with who have no copy either.
    @discardableResult
    private func endFailed(_ fetch: TokenFetch, _ problem: Problem?, _ note: [UInt8] = []) -> Bool {
        let memory = setBack(fetch, problem)
        end(fetch, memory == nil ? .givenUp : .failed(note), for: memory ?? .zero)
        return memory != nil
    }

    /// Tells other instances how a fetch has ended: one for all, or one that has left something for them though it was
    /// not for them.
    private func end(_ fetch: TokenFetch, _ outcome: FetchOutcome, for memory: Duration = .zero) {
        if let lease = fetch.lease {
            fleet?.end(lease, outcome, rememberingFailureFor: memory)
        } else if case .stored(let moment) = outcome {
            fleet?.announce(.token(fetch.reference), storedAt: moment)
        }
    }
}
