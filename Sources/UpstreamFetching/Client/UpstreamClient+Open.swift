import EventLoops
public import HTTPCaching

extension UpstreamClient {
    /// Sends a request on as it is and returns when the head of the final answer is in. Answers of every status are
    /// returned.
    ///
    /// Any context; cancelling the calling task ends the exchange. Throws when there is no strict head within the
    /// request's time. Counts against the same limits, breakers and address rules as ``fetch(_:)``, but only what the
    /// connection did counts for the breaker, not what the origin answered.
    ///
    /// - Parameter onInterim: gets the 1xx answers but 100 as they come, on the client's loop; it must not wait.
    public func open(
        _ request: ExchangeRequest, onInterim: (@Sendable (Int, HeaderFields) -> Void)? = nil
    ) async throws(FetchFailure) -> UpstreamExchange {
        tally.exchanges += 1
        do throws(FetchFailure) {
            try beginCall()
            defer { endCall() }
            let deadline = loop.now + request.timeout
            let destination = try request.destination
            let message = try ExchangeMessage(request)
            let passage = try await enter(destination, by: deadline)
            let plan = ExchangePlan(
                request: request, message: message, deadline: deadline, onInterim: onInterim,
                transfer: plan(
                    .exchange(message), to: destination.url, passage, needsNewConnection: !request.canBeSentAgain))
            return try await open(plan, passage)
        } catch {
            throw counting(error)
        }
    }

    /// With a place at the host, which is given back when the exchange has ended.
    private func open(_ plan: ExchangePlan, _ passage: Passage) async throws(FetchFailure) -> UpstreamExchange {
        var (run, outcome) = await attempt(plan)
        // A request that met a dead connection gets one more chance, on a new one.
        if case .failure = outcome, run.metDeadConnection, plan.request.canBeSentAgain {
            var plan = plan
            plan.transfer.needsNewConnection = true
            (run, outcome) = await attempt(plan)
            outcome = outcome.mapError { failure in
                var failure = failure
                failure.sends = 2
                return failure
            }
        }
        let verdict: HostVerdict =
            switch outcome {
            case .success: .healthy
            case .failure(let failure): HostVerdict(exchange: failure, lasted: loop.now - passage.started)
            }
        hosts.record(verdict, of: passage.host, pass: passage.pass, at: loop.now)
        run.whenEnded { [weak self] received in
            self?.assumeIsolated { client in
                client.tally.bodyBytes += received
                client.leave(passage.host)
            }
        }
        return UpstreamExchange(try outcome.get(), run.authority, LoopBound(run, on: loop), on: loop)
    }

    private func attempt(_ plan: ExchangePlan) async -> (ExchangeRun, Result<ExchangeHead, FetchFailure>) {
        let run = ExchangeRun(plan, multi: multi, loop: loop)
        if isClosed {
            run.stop(FetchFailure(.closed, "", "the client was shut down"))
        } else {
            tally.transfers += 1
            run.start(plan.transfer)
        }
        let outcome = await run.headWait.value(ifCancelled: .failure(Self.cancelled(plan.transfer.url)))
        if case .failure = outcome { run.cancel() }
        return (run, outcome)
    }
}
