import EventLoops
import Glibc

extension UpstreamClient {
    /// One hop: may the host be asked, where is it, is there a place for the transfer, and then the transfer.
    func exchange(_ hop: Hop, on journey: Journey) async throws(FetchFailure) -> UpstreamResponse {
        let passage = try await enter(hop.destination, by: journey.deadline)
        defer { leave(passage.host) }
        let run = await run(plan(hop, passage, isRepeatable: journey.request.isRepeatable), on: journey)
        let verdict =
            switch run.outcome {
            case .success(let result): HostVerdict(result, now: Int64(time(nil)))
            case .failure(let failure): HostVerdict(failure, lasted: loop.now - passage.started)
            }
        hosts.record(verdict, of: passage.host, pass: passage.pass, at: loop.now)
        let result = try run.outcome.get()
        tally.bodyBytes += UInt64(run.body.count)
        return UpstreamResponse(
            status: result.status, fields: result.fields, body: run.body, effectiveURL: hop.url.text, peer: result.peer,
            timings: result.timings)
    }

    private func plan(_ hop: Hop, _ passage: Passage, isRepeatable: Bool) -> TransferPlan {
        let message = FetchMessage(
            method: hop.method, fields: hop.fields, body: hop.body, pace: options.pace, userAgent: options.userAgent)
        return plan(.fetch(message), to: hop.url, passage, needsNewConnection: !isRepeatable)
    }

    // MARK: The transfer

    /// A transfer's end.
    struct Run {
        var outcome: Result<TransferResult, FetchFailure>
        var body: [UInt8] = []
        /// See ``Transfer/metDeadConnection``.
        var metDeadConnection = false
    }

    /// A request that met a dead connection gets one more chance, on a new one.
    private func run(_ plan: TransferPlan, on journey: Journey) async -> Run {
        let run = await runOnce(plan, on: journey)
        guard run.metDeadConnection, journey.request.isRepeatable else { return run }
        var plan = plan
        plan.needsNewConnection = true
        return await runOnce(plan, on: journey)
    }

    private func runOnce(_ plan: TransferPlan, on journey: Journey) async -> Run {
        guard journey.deadline > loop.now else { return Run(outcome: .failure(Self.timedOut(plan.url))) }
        guard !isClosed else { return Run(outcome: .failure(FetchFailure(.closed, "", "the client was shut down"))) }
        let limit = journey.request.maximumBodyBytes ?? options.maximumBodyBytes
        let sink = BodyCollector(limit: limit, isHead: journey.request.method == .head)
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
        case .failure:
            run.metDeadConnection = transfer.metDeadConnection
        }
        return run
    }

    static func timedOut(_ url: UpstreamURL) -> FetchFailure {
        FetchFailure(.timeout, url.authority, "no whole answer in time")
    }

    static func cancelled(_ url: UpstreamURL) -> FetchFailure {
        FetchFailure(.cancelled, url.authority, "the caller gave up")
    }
}
