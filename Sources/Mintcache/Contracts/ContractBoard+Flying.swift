import Caching
import EventLoops
import HTTPCaching
import Tokens

/// From the start of a flight to what it brings.
extension ContractBoard {
    func start(_ key: CollectionKey, _ purpose: FlightPurpose) {
        metrics.flights.increment()
        Task(executorPreference: loop) { await self.fly(key, purpose) }
    }

    private func fly(_ key: CollectionKey, _ purpose: FlightPurpose) async {
        contracts.enter(key)
        lookups.begin(key)
        defer {
            contracts.leave(key)
            lookups.end(key)
        }
        var fetch = ContractFetch(key, purpose, in: store)
        let setback = setbacks.current(for: key, at: time.now)
        if let problem = setback?.problem { return land(key, .problem(problem)) }
        let found = await store.look(for: key, by: equipment.rules)
        if let found {
            switch found.freshness {
            case .fresh:
                return land(key, .held(found))
            case .staleWhileRevalidate where purpose == .answer:
                land(key, .held(found))
                return refresh(key)
            case .staleWhileRevalidate, .staleIfError, .expired:
                break
            }
        }
        if let found, found.isGoodCopy {
            // It failed a short while ago, and is left alone until its time is up.
            if setback != nil { return land(key, .held(found)) }
            standIns[key] = found
        }
        fetch.found = found
        await takeTurn(fetch)
    }

    /// Asks the contract, unless another instance does.
    private func takeTurn(_ fetch: ContractFetch) async {
        guard let fleet else { return await ask(fetch) }
        var fetch = fetch
        switch await fleet.admission(to: FleetQuestion(fetch, store, equipment.rules)) {
        case .lead(let lease):
            fetch.lease = lease
            await ask(fetch)
        case .alone:
            await ask(fetch)
        case .landed(let copy):
            share(fetch, copy)
        case .failed(let problem, let left):
            await heed(fetch, problem, for: left)
        }
    }

    private func ask(_ fetch: ContractFetch) async {
        let resolver = equipment.resolver
        let start = time.now
        do throws(Problem) {
            await arrive(fetch, with: try await resolver.resolve(fetch.key), askedAt: start)
            // What was asked for before the contract changed may be the old.
            if store.changes.latest(of: fetch.key, since: fetch.beginning.change) != nil { refresh(fetch.key) }
        } catch {
            fail(fetch, error)
        }
    }

    /// A copy that lacks something, or says that there is nothing, never replaces a good one.
    private func arrive(_ fetch: ContractFetch, with finding: ContractFinding, askedAt start: Int64) async {
        let key = fetch.key
        let lifetime: LifetimePolicy.Outcome =
            switch finding {
            case .page(_, _, let lifetime): lifetime
            case .nothing: .missing
            }
        if lifetime != .document, let copy = fetch.goodCopy {
            endFailed(fetch, nil)
            return land(key, .held(copy))
        }
        setbacks.forget(key)
        let copy = await copy(of: finding, lifetime, for: fetch, askedAt: start)
        // What is missing may be had soon, perhaps by another instance.
        let isShared =
            lifetime == .failure ? false : await store.keep(copy, of: key, by: equipment.rules.staleness)
        end(fetch, isShared ? .stored(moment: copy.fetchedAt) : .givenUp)
        if copy.object != nil { contracts.hold(key) }
        land(key, .fetched(copy))
    }

    private func copy(
        of finding: ContractFinding, _ lifetime: LifetimePolicy.Outcome, for fetch: ContractFetch,
        askedAt start: Int64
    ) async -> ContractCopy {
        let key = fetch.key
        // It may be as old as the question, since others may know of a change that came while the contract answered; and
        // one that a change has overtaken counts as older than the change.
        let change = store.changes.latest(of: key, since: fetch.beginning.change)
        let moment = min(start, change.map { $0 - 1 } ?? start)
        let policy = equipment.lifetimes(key.reference)
        let freshUntil = policy.freshUntil(fetchedAt: time.now, outcome: lifetime, digest: key.digest)
        guard case .page(let facts, let document, _) = finding else {
            return ContractCopy(
                object: nil, fetchedAt: moment, freshUntil: freshUntil, purgeSequence: fetch.beginning.purge)
        }
        let renderer = equipment.renderer
        let render = { @Sendable in renderer.contractObject(for: facts, document: document, fetchedAt: moment) }
        let isLarge = document.map { LargeDocument.isLarge($0) } ?? false
        let object = isLarge ? await Task.detached { render() }.value : render()
        return ContractCopy(
            object: object, fetchedAt: moment, freshUntil: freshUntil, purgeSequence: fetch.beginning.purge)
    }

    /// What another instance fetched is in Redis already.
    private func share(_ fetch: ContractFetch, _ copy: ContractCopy) {
        if copy.object == nil, let held = fetch.goodCopy {
            setBack(fetch, nil)
            return land(fetch.key, .held(held))
        }
        setbacks.forget(fetch.key)
        if copy.object != nil { contracts.hold(fetch.key) }
        land(fetch.key, .fetched(copy), isShared: true)
    }

    private func fail(_ fetch: ContractFetch, _ problem: Problem) {
        metrics.failedFlights.increment()
        if let copy = fetch.goodCopy {
            metrics.staleIfError.increment()
            endFailed(fetch, nil, problem.shared)
            land(fetch.key, .held(copy))
        } else if problem.status == 503 {
            // Our own overload is over sooner than a failure is forgotten, and it is no other instance's.
            end(fetch, .givenUp)
            land(fetch.key, .problem(problem))
        } else if endFailed(fetch, problem, problem.shared) {
            land(fetch.key, .problem(problem))
        } else {
            startAgain(fetch)
        }
    }

    /// Other instances' failures are as good as our own.
    ///
    /// - Parameter memory: how long the others leave the contract alone.
    private func heed(_ fetch: ContractFetch, _ failure: [UInt8], for memory: Duration) async {
        if isPurged(fetch) { return startAgain(fetch) }
        if let copy = fetch.goodCopy {
            metrics.staleIfError.increment()
            setBack(fetch, nil, for: memory)
            land(fetch.key, .held(copy))
        } else if let problem = Problem(shared: failure) {
            metrics.failedFlights.increment()
            setBack(fetch, problem, for: memory)
            land(fetch.key, .problem(problem), isShared: true)
        } else {
            // Whoever failed holds a copy that this instance has not.
            await ask(fetch)
        }
    }

    private func isPurged(_ fetch: ContractFetch) -> Bool {
        store.purges.lastPurge(of: fetch.key) > fetch.beginning.purge
    }

    /// A failure from before a purge counts for nothing: those who have asked since are owed a try.
    private func startAgain(_ fetch: ContractFetch) {
        standIns[fetch.key] = nil
        start(fetch.key, fetch.purpose)
    }

    /// Keeps the contract from being asked for a while, which is returned; nil when a purge has come since.
    @discardableResult
    private func setBack(_ fetch: ContractFetch, _ problem: Problem?, for memory: Duration? = nil) -> Duration? {
        if isPurged(fetch) { return nil }
        return setbacks.remember(
            problem, for: fetch.key, digest: fetch.key.digest, for: memory, by: equipment.rules.lifetimes, at: time.now)
    }

    /// Keeps the contract from being asked by anybody for a while; false when a purge has come since.
    @discardableResult
    private func endFailed(_ fetch: ContractFetch, _ problem: Problem?, _ note: [UInt8] = []) -> Bool {
        let memory = setBack(fetch, problem)
        end(fetch, memory == nil ? .givenUp : .failed(note), for: memory ?? .zero)
        return memory != nil
    }

    private func end(_ fetch: ContractFetch, _ outcome: FetchOutcome, for memory: Duration = .zero) {
        if let lease = fetch.lease {
            fleet?.end(lease, outcome, rememberingFailureFor: memory)
        } else if case .stored(let moment) = outcome {
            fleet?.announce(.contract(fetch.key.chain, fetch.key.contract), storedAt: moment)
        }
    }
}

extension CollectionKey {
    fileprivate var digest: UInt64 { reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) } }
}
