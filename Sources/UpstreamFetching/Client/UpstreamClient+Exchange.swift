import EventLoops
import Glibc

extension UpstreamClient {
    /// One hop: may the host be asked, where is it, is there a place for the transfer, and then the transfer.
    func exchange(_ hop: Hop, on journey: Journey) async throws(FetchFailure) -> UpstreamResponse {
        let gate = try policy.gate(for: hop.url, trust: hop.trust)
        let host = HostKey(hop.url)
        if let wait = hosts.refusal(of: host, at: loop.now) { throw Self.breakerOpen(hop, wait) }
        let pins = try await addresses(of: hop, gate, by: journey.deadline)
        try await enter(host, hop, by: journey.deadline)
        defer { leave(host) }
        // While waiting in line, those ahead may have found the host failing.
        let pass = hosts.admit(host, at: loop.now)
        if case .refused(let wait) = pass { throw Self.breakerOpen(hop, wait) }
        let started = loop.now
        let run = await run(plan(hop, pins, gate, isRepeatable: journey.request.isRepeatable), on: journey)
        let verdict =
            switch run.outcome {
            case .success(let result): HostVerdict(result, now: Int64(time(nil)))
            case .failure(let failure): HostVerdict(failure, lasted: loop.now - started)
            }
        hosts.record(verdict, of: host, pass: pass, at: loop.now)
        let result = try run.outcome.get()
        tally.bodyBytes += UInt64(run.body.count)
        return UpstreamResponse(
            status: result.status, fields: result.fields, body: run.body, effectiveURL: hop.url.text, peer: result.peer,
            timings: result.timings)
    }

    private static func breakerOpen(_ hop: Hop, _ wait: Duration) -> FetchFailure {
        FetchFailure(.breakerOpen(retryAfter: wait), hop.url.authority, "the host is left alone after failures")
    }

    private func plan(_ hop: Hop, _ pins: [SocketAddress], _ gate: AddressGate, isRepeatable: Bool) -> TransferPlan {
        TransferPlan(
            url: hop.url, method: hop.method, fields: hop.fields, body: hop.body, pins: pins, gate: gate,
            connectTimeout: options.connectTimeout, pace: options.pace, userAgent: options.userAgent,
            certificateAuthorityFile: options.certificateAuthorityFile, needsNewConnection: !isRepeatable)
    }

    // MARK: Addresses

    /// The host's addresses, every one of them vetted: a host with one private address among public ones is trying
    /// something.
    private func addresses(
        of hop: Hop, _ gate: AddressGate, by deadline: MonotonicTime
    ) async throws(FetchFailure) -> [SocketAddress] {
        let found = try await lookUp(hop, by: deadline)
        for address in found {
            if let reason = gate.refusal(of: address) { throw FetchFailure(.refusedAddress, hop.url.authority, reason) }
        }
        return Array(found.prefix(Self.maximumPins))
    }

    /// How many of a host's addresses are tried.
    private static let maximumPins = 8

    private func lookUp(_ hop: Hop, by deadline: MonotonicTime) async throws(FetchFailure) -> [SocketAddress] {
        let (host, port) = (hop.url.host, hop.url.port)
        if let numeric = SocketAddress(numericHost: host, port: port) { return [numeric] }
        let limit = min(options.lookUpTimeout, deadline - loop.now)
        guard limit > .zero else { throw Self.timedOut(hop) }
        let wait = Wait<Result<[SocketAddress], FetchFailure>>()
        let resolver = resolvers[hop.trust]
        let authority = hop.url.authority
        // In a task of its own: a look-up cannot be cancelled, a caller can.
        Task(executorPreference: loop) {
            let result: Result<[SocketAddress], FetchFailure>
            do throws(ResolutionError) {
                result = .success(try await resolver.addresses(of: host, port: port, within: limit))
            } catch {
                result = .failure(FetchFailure(error, authority))
            }
            wait.resume(result)
        }
        let timer = loop.schedule(after: limit) {
            wait.resume(.failure(FetchFailure(.timedOut(host), authority)))
        }
        let outcome = await wait.value(ifCancelled: .failure(Self.cancelled(hop.url)))
        timer.cancel()
        let found = try outcome.get()
        guard !found.isEmpty else { throw FetchFailure(.nameNotFound, authority, "the name has no address") }
        return found
    }

    // MARK: Places

    /// Waits for a place; ``leave(_:)`` gives it back.
    private func enter(_ host: HostKey, _ hop: Hop, by deadline: MonotonicTime) async throws(FetchFailure) {
        switch admission.enter(host) {
        case .granted:
            return
        case .full:
            throw FetchFailure(.overloaded, hop.url.authority, "too many requests wait for their turn")
        case .queued(let ticket):
            let wait = Wait<Result<Void, FetchFailure>>()
            queue[ticket] = wait
            let timer = loop.schedule(at: deadline) { wait.resume(.failure(Self.timedOut(hop))) }
            let outcome = await wait.value(ifCancelled: .failure(Self.cancelled(hop.url)))
            timer.cancel()
            queue[ticket] = nil
            guard case .failure(let failure) = outcome else { return }
            // Admitted in the same turn as it gave up: the place is given on.
            if !admission.abandon(ticket) { leave(host) }
            throw failure
        }
    }

    private func leave(_ host: HostKey) {
        for ticket in admission.leave(host) { queue[ticket]?.resume(.success(())) }
    }

    // MARK: The transfer

    /// A transfer's end.
    struct Run {
        var outcome: Result<TransferResult, FetchFailure>
        var body: [UInt8] = []
        /// A connection from the pool turned out dead before the answer began: no fault of the host's.
        var diedOnOpenConnection = false
    }

    /// A request that met a dead connection gets one more chance, on a new one.
    private func run(_ plan: TransferPlan, on journey: Journey) async -> Run {
        let run = await runOnce(plan, on: journey)
        guard run.diedOnOpenConnection, journey.request.isRepeatable else { return run }
        var plan = plan
        plan.needsNewConnection = true
        return await runOnce(plan, on: journey)
    }

    private func runOnce(_ plan: TransferPlan, on journey: Journey) async -> Run {
        guard journey.deadline > loop.now else { return Run(outcome: .failure(Self.timedOut(plan.url))) }
        guard !isClosed else { return Run(outcome: .failure(FetchFailure(.closed, "", "the client was shut down"))) }
        let limit = journey.request.maximumBodyBytes ?? options.maximumBodyBytes
        let sink = BodyCollector(limit: limit, isHead: plan.method == .head)
        let transfer: Transfer
        let wait = Wait<Result<TransferResult, FetchFailure>>()
        do throws(FetchFailure) {
            transfer = try Transfer(plan, sink: sink)
            transfer.onEnd = { wait.resume($0) }
            try multi.start(transfer)
        } catch {
            return Run(outcome: .failure(error))
        }
        tally.transfers += 1
        let timer = loop.schedule(at: journey.deadline) { wait.resume(.failure(Self.timedOut(plan.url))) }
        let outcome = await wait.value(ifCancelled: .failure(Self.cancelled(plan.url)))
        timer.cancel()
        multi.stop(transfer)
        var run = Run(outcome: outcome)
        switch outcome {
        case .success:
            run.body = sink.bytes
        case .failure(let failure):
            run.diedOnOpenConnection =
                failure.kind == .truncated && transfer.usedOpenConnection && transfer.hasReceivedNothing
        }
        return run
    }

    private static func timedOut(_ hop: Hop) -> FetchFailure { timedOut(hop.url) }

    private static func timedOut(_ url: UpstreamURL) -> FetchFailure {
        FetchFailure(.timeout, url.authority, "no whole answer in time")
    }

    private static func cancelled(_ url: UpstreamURL) -> FetchFailure {
        FetchFailure(.cancelled, url.authority, "the caller gave up")
    }
}

extension FetchFailure {
    init(_ error: ResolutionError, _ authority: String) {
        switch error {
        case .notFound: self.init(.nameNotFound, authority, "the name does not resolve")
        case .timedOut: self.init(.timeout, authority, "looking the name up took too long")
        case .overloaded: self.init(.overloaded, authority, "too many name look-ups are waiting")
        }
    }
}
