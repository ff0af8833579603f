import EventLoops
import Tokens
import UpstreamFetching

extension CallGatherer {
    /// How far calls have come: which endpoint is next, and how often all of them were asked.
    struct Stage {
        var endpoint = 0
        var round = 0
    }

    /// What is left of calls after one endpoint was asked.
    private struct Remainder {
        var open: [PlacedCall]
        /// Whether a contract's answer came through this endpoint.
        var wasAnswered: Bool
    }

    /// Into how many parts a batch that was too much is divided.
    private static let parts = 8

    /// Asks endpoint after endpoint until every call is answered, or none is left.
    func settle(_ calls: [PlacedCall], _ route: ChainRoute, at stage: Stage) async {
        var stage = stage
        var open = awaited(calls)
        while !open.isEmpty, stage.endpoint < route.chain.rpc.count {
            open = awaited(await ask(open, route, at: stage).open)
            stage.endpoint += 1
        }
        if !open.isEmpty { giveUp(open, route, stage) }
    }

    /// Ends calls that no endpoint answered, but for those that may be asked again after a pause.
    private func giveUp(_ calls: [PlacedCall], _ route: ChainRoute, _ stage: Stage) {
        let pause = Duration.milliseconds(250) * (1 << min(stage.round, 8)) * Double.random(in: 0.5..<1)
        let hasAnotherRound = stage.round < route.retries && loop.now + pause < deadline(of: calls)
        let again = hasAnotherRound ? calls.filter(mayBeAskedAgain) : []
        for call in Set(calls).subtracting(again) { settle(call, .unanswered) }
        guard !again.isEmpty else { return }
        loop.schedule(after: pause) {
            self.assumeIsolated {
                $0.disperse(again, by: again.count, route, at: Stage(endpoint: 0, round: stage.round + 1))
            }
        }
    }

    // MARK: One endpoint

    private func ask(_ calls: [PlacedCall], _ route: ChainRoute, at stage: Stage) async -> Remainder {
        let endpoint = route.chain.rpc[stage.endpoint]
        let batching = route.chain.batching
        let start = MonotonicTime.current
        let remaining = deadline(of: calls) - start
        guard !calls.isEmpty, remaining > .zero else { return Remainder(open: calls, wasAnswered: false) }
        let size = limits.calls(at: endpoint.url, upTo: batching.effectiveSize, start)
        guard calls.count <= size else {
            disperse(calls, by: size, route, at: stage)
            return Remainder(open: [], wasAnswered: true)
        }
        let isThrough = batching.mode == .multicall && calls.count > 1 && limits.hasMulticall(at: endpoint.url, start)
        let exchange = CallExchange(
            endpoint: endpoint, client: route.client, multicall: isThrough ? batching.multicall : nil,
            flights: flights(of: calls))
        let isLast = stage.endpoint + 1 == route.chain.rpc.count
        let patience = Self.patience(remaining, isAlone: calls.count == 1, isLast: isLast)
        noteAsking(calls, at: endpoint.url)
        metrics.contractRequests.increment()
        do throws(FetchFailure) {
            let (status, reading) = try await exchange.run(calls.map(\.call), within: patience)
            let attempt = Attempt(url: endpoint.url, status: status, start: start)
            return await take(reading, of: calls, attempt, route, at: stage)
        } catch {
            return await take(error, of: calls, endpoint.url, start, route, at: stage)
        }
    }

    private struct Attempt {
        let url: String
        let status: Int
        let start: MonotonicTime
    }

    /// A request that holds others up, or has an alternative, gets a part of the time.
    private static func patience(_ remaining: Duration, isAlone: Bool, isLast: Bool) -> Duration {
        isAlone && isLast ? remaining : min(remaining, max(remaining / 4, .milliseconds(500)))
    }

    private func take(
        _ reading: CallExchange.Reading, of calls: [PlacedCall], _ attempt: Attempt, _ route: ChainRoute,
        at stage: Stage
    ) async -> Remainder {
        switch reading {
        case .noMulticall:
            limits.lacksMulticall(at: attempt.url, loop.now)
            return await ask(awaited(calls), route, at: stage)
        case .batch(.answered(let outcomes)):
            limits.accepted(calls.count, at: attempt.url)
            return take(outcomes, of: calls, attempt, route, at: stage)
        case .batch(.refused) where calls.count > 1:
            return await probe(calls, attempt.url, route, at: stage)
        case .batch(.failed(.exhausted)) where calls.count > 1:
            return divide(calls, route, at: stage)
        case .batch(.failed(let outcome)):
            note(outcome, for: calls, attempt, amongAnswered: false)
        case .batch(.refused):
            note(.providerFault(code: nil, message: ""), for: calls, attempt, amongAnswered: false)
        }
        return Remainder(open: calls, wasAnswered: false)
    }

    private func take(
        _ outcomes: [CallOutcome], of calls: [PlacedCall], _ attempt: Attempt, _ route: ChainRoute, at stage: Stage
    ) -> Remainder {
        var remainder = Remainder(open: [], wasAnswered: false)
        var crowded: [PlacedCall] = []
        for (call, outcome) in zip(calls, outcomes) {
            if outcome.isOfContract {
                settle(call, .answered(outcome))
                remainder.wasAnswered = true
            } else if case .exhausted = outcome, calls.count > 1 {
                crowded.append(call)
            } else {
                note(outcome, for: [call], attempt, amongAnswered: calls.count > 1)
                remainder.open.append(call)
            }
        }
        if !crowded.isEmpty { _ = divide(crowded, route, at: stage) }
        return remainder
    }

    private func take(
        _ failure: FetchFailure, of calls: [PlacedCall], _ url: String, _ start: MonotonicTime, _ route: ChainRoute,
        at stage: Stage
    ) async -> Remainder {
        let isLast = stage.endpoint + 1 == route.chain.rpc.count
        switch failure.kind {
        case .tooLarge where calls.count > 1:
            limits.refused(calls.count, at: url, loop.now)
            return divide(calls, route, at: stage)
        // One slow call may have held up the others. But an endpoint that hangs is worse: first its neighbours are asked.
        case .timeout where calls.count > 1 && isLast:
            return divide(calls, route, at: stage)
        // Some close the connection on a batch they find too large.
        case .truncated where calls.count > 1 && isLast:
            return await probe(calls, url, route, at: stage)
        case _:
            note(calls, mayBeAskedAgain: false) { $0.note("rpc", url, failure, since: start) }
            return Remainder(open: calls, wasAnswered: false)
        }
    }

    /// - Parameter amongAnswered: whether the endpoint answered as such, only not these calls.
    private func note(_ outcome: CallOutcome, for calls: [PlacedCall], _ attempt: Attempt, amongAnswered: Bool) {
        let isLimited = if case .rateLimited = outcome { true } else { false }
        note(calls, mayBeAskedAgain: isLimited || amongAnswered) { trace in
            switch outcome {
            case .rateLimited:
                trace.note("rpc", attempt.url, status: 429, since: attempt.start)
            case .exhausted:
                trace.note("rpc", attempt.url, "exhausted", since: attempt.start)
            case .providerFault where !(200..<300).contains(attempt.status):
                trace.note("rpc", attempt.url, status: attempt.status, since: attempt.start)
            case .providerFault(let code, _):
                trace.note("rpc", attempt.url, "rpc-error\(code.map { " \($0)" } ?? "")", since: attempt.start)
            case .returned, .reverted, .unsupported:
                break
            }
        }
    }

    // MARK: Smaller batches

    /// An endpoint refused several calls as such. One half finds out what it does take before the other is sent.
    private func probe(
        _ calls: [PlacedCall], _ url: String, _ route: ChainRoute, at stage: Stage
    ) async -> Remainder {
        metrics.splitContractRequests.increment()
        limits.refused(calls.count, at: url, loop.now)
        let half = calls.count / 2
        let first = await ask(awaited(Array(calls.prefix(half))), route, at: stage)
        let rest = awaited(Array(calls.dropFirst(half)))
        if !first.wasAnswered {
            limits.forget(url)
            let hasNext = stage.endpoint + 1 < route.chain.rpc.count
            if hasNext { return Remainder(open: first.open + rest, wasAnswered: false) }
        }
        let second = await ask(rest, route, at: stage)
        return Remainder(open: first.open + second.open, wasAnswered: first.wasAnswered || second.wasAnswered)
    }

    /// A batch took too long, too much gas, or too many bytes: its parts are asked for side by side.
    private func divide(_ calls: [PlacedCall], _ route: ChainRoute, at stage: Stage) -> Remainder {
        metrics.splitContractRequests.increment()
        disperse(calls, by: max(calls.count / Self.parts, 1), route, at: stage)
        return Remainder(open: [], wasAnswered: true)
    }
}
