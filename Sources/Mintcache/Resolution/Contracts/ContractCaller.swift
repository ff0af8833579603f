import EventLoops
import Tokens
import UpstreamFetching

/// Asks contracts by JSON-RPC `eth_call`, endpoint after endpoint until one answers. What several ask at about the same
/// time leaves in one request.
struct ContractCaller: Sendable {
    let gatherers: CallGatherers
    let client: UpstreamClient
    let retries: Int
    private let since = MonotonicTime.current

    /// - Parameter retries: how often calls that endpoints failed to answer are asked again.
    init(gatherers: CallGatherers, client: UpstreamClient, retries: Int) {
        self.gatherers = gatherers
        self.client = client
        self.retries = retries
    }

    /// What a contract answers to a call: returned, reverted or unsupported. Thrown when no endpoint brings an answer.
    func outcome(
        of call: ContractCall, on chain: Configuration.Chain, by deadline: MonotonicTime,
        _ trace: inout ResolutionTrace
    ) async throws(Problem) -> CallOutcome {
        let settlements = await settlements(of: [call], on: chain, by: deadline)
        return try settlements[0].outcome(on: chain, &trace)
    }

    /// How each of several calls ends, in order. They leave together.
    func settlements(
        of calls: [ContractCall], on chain: Configuration.Chain, by deadline: MonotonicTime
    ) async -> [CallSettlement] {
        await settlements(of: calls.map { ($0, deadline) }, on: chain)
    }

    /// The same, each of them waited for until its own deadline.
    func settlements(
        of calls: [(call: ContractCall, deadline: MonotonicTime)], on chain: Configuration.Chain
    ) async -> [CallSettlement] {
        let route = ChainRoute(chain: chain, client: client, retries: retries, since: since)
        return await gatherers[chain].settlements(of: calls, through: route)
    }
}

extension CallSettlement {
    /// The contract's answer; what was tried goes into the trace.
    func outcome(on chain: Configuration.Chain, _ trace: inout ResolutionTrace) throws(Problem) -> CallOutcome {
        trace.append(self.trace)
        switch ending {
        case .answered(let outcome): return outcome
        case .unanswered: throw trace.problem("No JSON-RPC endpoint of \(chain.name) answered.")
        case .overloaded: throw .overloaded(.calls)
        }
    }

    /// The data that the contract returned, if it did.
    var returned: [UInt8]? {
        if case .answered(.returned(let data)) = ending { data } else { nil }
    }
}

extension Configuration.Endpoint {
    var fields: [UpstreamField] { headers.map { UpstreamField($0.name, $0.value) } }
}
