import EventLoops
import Tokens
import UpstreamFetching

/// The endpoints of a chain and the client that reaches them, as they were configured at some time.
struct ChainRoute: Sendable {
    let chain: Configuration.Chain
    let client: UpstreamClient
    /// How often calls that endpoints failed to answer are asked again.
    let retries: Int
    /// When it was configured; the newest is used.
    let since: MonotonicTime
}

/// One request to one endpoint: a call, a JSON-RPC batch, or a batch through Multicall3.
struct CallExchange: Sendable {
    /// On-chain artwork comes back inside the answer, as hexadecimal.
    private static let maximumAnswerBytes = 16 * 1024 * 1024
    private static let firstIdentifier = 1

    enum Reading: Sendable {
        case batch(RPCBatchReading)
        /// There is no Multicall3 on this chain.
        case noMulticall
    }

    let endpoint: Configuration.Endpoint
    let client: UpstreamClient
    /// The contract to go through; nil for JSON-RPC batches.
    let multicall: ContractAddress?
    /// Those for whom the calls were asked for first.
    let flights: [FlightLog]

    /// - Returns: the HTTP status, and what the body says of each call, in order.
    func run(_ calls: [ContractCall], within limit: Duration) async throws(FetchFailure) -> (Int, Reading) {
        var request = UpstreamRequest(
            endpoint.url, trust: .configured, method: .post,
            fields: endpoint.fields + [UpstreamField("content-type", "application/json")], body: body(calls))
        request.isRepeatable = true
        request.maximumBodyBytes = Self.maximumAnswerBytes
        request.timeout = limit
        let response = try await client.fetch(request, as: .rpc, for: flights)
        let start = MonotonicTime.current
        let reading = await reading(of: response, calls.count)
        for log in flights.compactMap(\.steps) { log.note(reading, of: calls, since: start) }
        return (response.status, reading)
    }

    private func body(_ calls: [ContractCall]) -> [UInt8] {
        guard calls.count != 1 else { return RPCRequest.body(calls[0], identifier: Self.firstIdentifier) }
        guard let multicall else { return RPCRequest.batchBody(calls, firstIdentifier: Self.firstIdentifier) }
        return RPCRequest.body(Multicall.call(calls, through: multicall), identifier: Self.firstIdentifier)
    }

    /// Large answers are read off the loop, so that everybody else's calls go on.
    private func reading(of response: UpstreamResponse, _ count: Int) async -> Reading {
        let (status, body, isMulticall) = (response.status, response.body, multicall != nil)
        guard LargeDocument.isLarge(body) else { return Self.reading(status, body, count, isMulticall) }
        return await Task.detached { Self.reading(status, body, count, isMulticall) }.value
    }

    private static func reading(_ status: Int, _ body: [UInt8], _ count: Int, _ isMulticall: Bool) -> Reading {
        if count == 1 { return .batch(.answered([outcome(status, body)])) }
        let identifiers = firstIdentifier..<firstIdentifier + count
        guard isMulticall else { return .batch(RPCBatchReading(status: status, body: body, identifiers: identifiers)) }
        guard status != 413 else { return .batch(.refused) }
        switch outcome(status, body) {
        case .returned(let data): return reading(data, count)
        // Multicall3 lets calls fail, and so never reverts itself.
        case .unsupported, .reverted: return .noMulticall
        case let failure: return .batch(.failed(failure))
        }
    }

    private static func reading(_ data: [UInt8], _ count: Int) -> Reading {
        do throws(ABIError) {
            let outcomes = try Multicall.outcomes(of: data, count: count)
            return .batch(.answered(outcomes.map { $0 ?? .exhausted(message: "the call failed without a reason") }))
        } catch {
            return .noMulticall
        }
    }

    private static func outcome(_ status: Int, _ body: [UInt8]) -> CallOutcome {
        let outcome = RPCResponse.outcome(of: body, identifier: firstIdentifier)
        guard case .providerFault = outcome else { return outcome }
        switch status {
        case 429: return .rateLimited(message: "status 429")
        case 408, 504, 524: return .exhausted(message: "status \(status)")
        case _: return outcome
        }
    }
}
