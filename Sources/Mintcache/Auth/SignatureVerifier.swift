import EventLoops
import Sessions
import Tokens
import UpstreamFetching

/// Tells whether a wallet signed a message: a key by computation, a contract by asking it.
///
/// Calls go to a chain alone, each in a request of its own. What a signature may have deployed first could otherwise,
/// within one simulated execution, change what others' calls see.
struct SignatureVerifier: Sendable {
    enum Verdict: Sendable {
        case signed
        case refused(SignInRefusal)
        /// The contract could not be asked.
        case unavailable
    }

    private let caller: ContractCaller
    private let chains: [UInt64: Configuration.Chain]
    private let timeout: Duration

    /// - Parameter gatherers: nobody else's.
    init(_ configuration: Configuration, client: UpstreamClient, gatherers: CallGatherers) {
        caller = ContractCaller(gatherers: gatherers, client: client, retries: configuration.upstream.retries)
        chains = Dictionary(
            configuration.chains.map { chain in
                var chain = chain
                chain.batching.mode = .off
                return (chain.id, chain)
            }, uniquingKeysWith: { first, _ in first })
        timeout = min(configuration.upstream.timeout, .seconds(5))
    }

    /// - Parameters:
    ///   - text: the message as it was signed.
    ///   - message: what it says.
    func verdict(_ signature: [UInt8], of text: String, saying message: SignInMessage) async -> Verdict {
        let hash = PersonalMessage.hash(text)
        if let key = KeySignature(signature) {
            if key.isMalleable { return .refused(.malleableSignature) }
            if key.signer(of: hash) == message.address { return .signed }
        }
        guard !signature.isEmpty, let signature = ContractSignature(signature), let chain = chains[message.chain] else {
            return .refused(.signature)
        }
        return await verdict(signature, of: hash, by: message.address, on: chain)
    }

    private func verdict(
        _ signature: ContractSignature, of hash: [UInt8], by wallet: WalletAddress, on chain: Configuration.Chain
    ) async -> Verdict {
        let call = signature.call(for: hash, by: wallet, through: chain.batching.multicall)
        var trace = ResolutionTrace()
        let outcome: CallOutcome
        do throws(Problem) {
            outcome = try await caller.outcome(of: call, on: chain, by: .current + timeout, &trace)
        } catch {
            return .unavailable
        }
        switch outcome {
        case .returned(let data): return signature.isConfirmed(by: data) ? .signed : .refused(.signature)
        case .reverted, .unsupported: return .refused(.signature)
        case .rateLimited, .exhausted, .providerFault: return .unavailable
        }
    }
}
