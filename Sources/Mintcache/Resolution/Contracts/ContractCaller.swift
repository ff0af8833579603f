import EventLoops
import Synchronization
import Tokens
import UpstreamFetching

/// What a contract says about where a token's metadata is.
enum TokenURIAnswer: Sendable {
    case uri(String, TokenStandard)
    /// `isCertain` when the contract itself says so; not when it merely does not answer as token contracts do.
    case missing(reason: String, isCertain: Bool)
    case unusable(reason: String, TokenStandard)
}

/// Asks contracts by JSON-RPC `eth_call`, endpoint after endpoint until one answers.
struct ContractCaller: Sendable {
    /// On-chain artwork comes back inside the answer, as hexadecimal.
    private static let maximumAnswerBytes = 16 * 1024 * 1024

    let client: UpstreamClient
    let standards: StandardMemory

    /// `tokenURI` first, `uri` when the contract does not answer to that; the other way round for a contract known to
    /// be ERC-1155.
    func tokenURI(
        of reference: TokenReference, on chain: Configuration.Chain, by deadline: MonotonicTime,
        _ trace: inout ResolutionTrace
    ) async throws(Problem) -> TokenURIAnswer {
        let known = standards[reference.chain, reference.contract]
        let order: [TokenStandard] = known == .erc1155 ? [.erc1155, .erc721] : [.erc721, .erc1155]
        var refusal: RevertReason?
        for standard in order {
            let outcome = try await ask(standard, reference, chain, deadline, &trace)
            switch outcome {
            case .returned(let data):
                standards[reference.chain, reference.contract] = standard
                return Self.answer(data, standard)
            case .reverted(.nonexistentToken):
                return .missing(reason: RevertReason.nonexistentToken.description, isCertain: true)
            case .reverted(let reason):
                refusal = refusal ?? reason
            case .unsupported, .rateLimited, .exhausted, .providerFault:
                continue
            }
            // A contract whose kind is known was asked the right question the first time.
            if known == standard { break }
        }
        guard let refusal else {
            return .missing(
                reason: "The address has neither tokenURI nor uri: it is not a token contract.", isCertain: false)
        }
        return .missing(reason: "The contract has no such token: \(refusal.description).", isCertain: false)
    }

    private func ask(
        _ standard: TokenStandard, _ reference: TokenReference, _ chain: Configuration.Chain,
        _ deadline: MonotonicTime, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> CallOutcome {
        let call: ContractCall =
            switch standard {
            case .erc721: .tokenURI(of: reference.token, in: reference.contract)
            case .erc1155: .uri(of: reference.token, in: reference.contract)
            }
        return try await outcome(of: call, on: chain, by: deadline, &trace)
    }

    private static func answer(_ data: [UInt8], _ standard: TokenStandard) -> TokenURIAnswer {
        do throws(ABIError) {
            let text = try ABI.decodeString(data)
            guard !text.allSatisfy(\.isWhitespace) else {
                return .unusable(reason: "The contract gives an empty token URI.", standard)
            }
            return .uri(text, standard)
        } catch {
            return .unusable(reason: "The contract's answer is not a text: \(error.description).", standard)
        }
    }

    /// What a contract answers to a call: returned, reverted or unsupported. Thrown when no endpoint brings an answer.
    func outcome(
        of call: ContractCall, on chain: Configuration.Chain, by deadline: MonotonicTime,
        _ trace: inout ResolutionTrace
    ) async throws(Problem) -> CallOutcome {
        let body = RPCRequest.body(call, identifier: 1)
        for endpoint in chain.rpc {
            let start = MonotonicTime.current
            guard start < deadline else { break }
            var request = UpstreamRequest(
                endpoint.url, trust: .configured, method: .post,
                fields: endpoint.fields + [UpstreamField("content-type", "application/json")], body: body)
            request.isRepeatable = true
            request.maximumBodyBytes = Self.maximumAnswerBytes
            request.timeout = deadline - start
            do throws(FetchFailure) {
                let response = try await client.fetch(request)
                let outcome = RPCResponse.outcome(of: response.body, identifier: 1)
                switch outcome {
                case .returned, .reverted, .unsupported:
                    return outcome
                case .rateLimited:
                    trace.note("rpc", endpoint.url, status: 429, since: start)
                case .exhausted:
                    trace.note("rpc", endpoint.url, "exhausted", since: start)
                case .providerFault where !response.isSuccess:
                    trace.note("rpc", endpoint.url, status: response.status, since: start)
                case .providerFault(let code, _):
                    trace.note("rpc", endpoint.url, "rpc-error\(code.map { " \($0)" } ?? "")", since: start)
                }
            } catch {
                trace.note("rpc", endpoint.url, error, since: start)
            }
        }
        throw trace.problem("No JSON-RPC endpoint of \(chain.name) answered.")
    }
}

extension Configuration.Endpoint {
    var fields: [UpstreamField] { headers.map { UpstreamField($0.name, $0.value) } }
}

/// Which standard a contract turned out to follow; bounded, forgotten as a whole when full.
final class StandardMemory: Sendable {
    private struct Key: Hashable {
        let chain: ChainIdentifier
        let contract: ContractAddress
    }

    private static let capacity = 65_536

    private let known = Mutex<[Key: TokenStandard]>([:])

    subscript(chain: ChainIdentifier, contract: ContractAddress) -> TokenStandard? {
        get { known.withLock { $0[Key(chain: chain, contract: contract)] } }
        set {
            known.withLock { known in
                if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
                known[Key(chain: chain, contract: contract)] = newValue
            }
        }
    }
}
