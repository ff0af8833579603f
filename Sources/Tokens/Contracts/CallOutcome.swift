/// How one `eth_call` ended.
public enum CallOutcome: Hashable, Sendable {
    /// The function returned data; never empty.
    case returned([UInt8])
    /// The contract ran and refused.
    case reverted(RevertReason)
    /// The call succeeded with no data: the contract has no such function, or there is no contract.
    case unsupported
    /// The provider refuses for now because of its limits. Ask another, or later.
    case rateLimited(message: String)
    /// The call went past the provider's limits on one execution or one answer: out of gas, too slow, too large. That
    /// says nothing about the contract; fewer calls at a time, or another provider, may succeed.
    case exhausted(message: String)
    /// The provider failed to answer the question. Another may succeed.
    case providerFault(code: Int64?, message: String)
}
