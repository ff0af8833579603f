import EventLoops

/// Whom to ask, and who says so.
struct Destination {
    let url: UpstreamURL
    let trust: UpstreamRequest.Trust
}

/// A place at a host that may be asked and has been found.
struct Passage {
    let host: HostKey
    let gate: AddressGate
    let pins: [SocketAddress]
    let pass: CircuitBreaker.Pass
    let started: MonotonicTime
}

extension UpstreamClient {
    /// May the host be asked, where is it, is there a place for the transfer? Waits for one; ``leave(_:)`` gives it
    /// back.
    func enter(_ destination: Destination, by deadline: MonotonicTime) async throws(FetchFailure) -> Passage {
        let gate = try policy.gate(for: destination.url, trust: destination.trust)
        let host = HostKey(destination.url)
        if let wait = hosts.refusal(of: host, at: loop.now) { throw Self.breakerOpen(destination, wait) }
        let pins = try await addresses(of: destination, gate, by: deadline)
        try await waitForPlace(at: host, destination, by: deadline)
        // While waiting in line, those ahead may have found the host failing.
        let pass = hosts.admit(host, at: loop.now)
        if case .refused(let wait) = pass {
            leave(host)
            throw Self.breakerOpen(destination, wait)
        }
        return Passage(host: host, gate: gate, pins: pins, pass: pass, started: loop.now)
    }

    func plan(
        _ message: TransferPlan.Message, to url: UpstreamURL, _ passage: Passage, needsNewConnection: Bool
    ) -> TransferPlan {
        TransferPlan(
            url: url, message: message, pins: passage.pins, gate: passage.gate, connectTimeout: options.connectTimeout,
            certificateAuthorityFile: options.certificateAuthorityFile, needsNewConnection: needsNewConnection)
    }

    private static func breakerOpen(_ destination: Destination, _ wait: Duration) -> FetchFailure {
        FetchFailure(.breakerOpen(retryAfter: wait), destination.url.authority, "the host is left alone after failures")
    }

    // MARK: Addresses

    /// The host's addresses, every one of them vetted: a host with one private address among public ones is trying
    /// something.
    private func addresses(
        of destination: Destination, _ gate: AddressGate, by deadline: MonotonicTime
    ) async throws(FetchFailure) -> [SocketAddress] {
        let found = try await lookUp(destination, by: deadline)
        for address in found {
            if let reason = gate.refusal(of: address) {
                throw FetchFailure(.refusedAddress, destination.url.authority, reason)
            }
        }
        return Array(found.prefix(Self.maximumPins))
    }

    /// How many of a host's addresses are tried.
    private static let maximumPins = 8

    private func lookUp(
        _ destination: Destination, by deadline: MonotonicTime
    ) async throws(FetchFailure) -> [SocketAddress] {
        let (host, port) = (destination.url.host, destination.url.port)
        if let numeric = SocketAddress(numericHost: host, port: port) { return [numeric] }
        let limit = min(options.lookUpTimeout, deadline - loop.now)
        guard limit > .zero else { throw Self.timedOut(destination.url) }
        let wait = Wait<Result<[SocketAddress], FetchFailure>>()
        let resolver = resolvers[destination.trust]
        let authority = destination.url.authority
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
        let outcome = await wait.value(ifCancelled: .failure(Self.cancelled(destination.url)))
        timer.cancel()
        let found = try outcome.get()
        guard !found.isEmpty else { throw FetchFailure(.nameNotFound, authority, "the name has no address") }
        return found
    }

    // MARK: Places

    private func waitForPlace(
        at host: HostKey, _ destination: Destination, by deadline: MonotonicTime
    ) async throws(FetchFailure) {
        switch admission.enter(host, isBackground: UpstreamPriority.isBackground) {
        case .granted:
            return
        case .full:
            throw FetchFailure(.overloaded, destination.url.authority, "too many requests wait for their turn")
        case .queued(let ticket):
            let wait = Wait<Result<Void, FetchFailure>>()
            queue[ticket] = wait
            UpstreamPriority.current?.whenRaised { [weak self, loop] in
                loop.execute { [weak self] in self?.assumeIsolated { $0.raise(ticket) } }
            }
            let timer = loop.schedule(at: deadline) { wait.resume(.failure(Self.timedOut(destination.url))) }
            let outcome = await wait.value(ifCancelled: .failure(Self.cancelled(destination.url)))
            timer.cancel()
            queue[ticket] = nil
            guard case .failure(let failure) = outcome else { return }
            // Admitted in the same turn as it gave up: the place is given on.
            if !admission.abandon(ticket) { leave(host) }
            throw failure
        }
    }

    /// Gives a place back.
    func leave(_ host: HostKey) {
        for ticket in admission.leave(host) { queue[ticket]?.resume(.success(())) }
    }

    /// Lets one who waits in the background stand with all others.
    private func raise(_ ticket: Admission.Ticket) {
        for ticket in admission.raise(ticket) { queue[ticket]?.resume(.success(())) }
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
