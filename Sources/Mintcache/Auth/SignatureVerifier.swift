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
    /// The one chain whose contracts may sign in. The same address may be somebody else's contract on another, so that
    /// only there it says who is meant.
    private let contractChain: Configuration.Chain?
    private let timeout: Duration

    /// - Parameter gatherers: nobody else's.
    init(_ configuration: Configuration, client: UpstreamClient, gatherers: CallGatherers) {
        caller = ContractCaller(gatherers: gatherers, client: client, retries: configuration.upstream.retries)
        var chain = configuration.chains.first { $0.id == configuration.sessions.chains.first }
        chain?.batching.mode = .off
        contractChain = chain
        timeout = min(configuration.upstream.timeout, .seconds(5))
    }

    /// Whether the key of the message's address signed it.
    ///
    /// - Parameters:
    ///   - text: the message as it was signed.
    ///   - message: what it says.
    func isByKey(
        _ signature: [UInt8], of text: String, saying message: SignInMessage
    ) throws(SignInRefusal) -> Bool {
        guard let key = KeySignature(signature) else { return false }
        if key.isMalleable { throw .malleableSignature }
        return key.signer(of: PersonalMessage.hash(text)) == message.address
    }

    /// What the contract at the message's address says.
    func contractVerdict(
        _ signature: [UInt8], of text: String, saying message: SignInMessage
    ) async -> Verdict {
        guard !signature.isEmpty, let signature = ContractSignature(signature), let contractChain,
            message.chain == contractChain.id
        else { return .refused(.signature) }
        return await verdict(signature, of: PersonalMessage.hash(text), by: message.address, on: contractChain)
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
