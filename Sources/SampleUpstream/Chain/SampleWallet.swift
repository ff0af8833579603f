public import Tokens

/// Wallets that are contracts (ERC-1271): one that is there, and one that has to be deployed first (ERC-6492).
///
/// They judge by what a call carries, and by nothing else. A secret takes the place of a key: the signature of a hash is
/// the Keccak-256 of both, and a byte more, so that it does not fill whole words.
public enum SampleWallet {
    public static let deployed = WellKnownContracts.wallet
    public static let counterfactual = WellKnownContracts.counterfactualWallet
    /// What deploys the second one, when it is called with ``deployment``.
    public static let factory = WellKnownContracts.walletFactory
    /// `createAccount(address,uint256)`, as the factories of ERC-4337's accounts have it.
    public static let deployment: [UInt8] =
        [0x5F, 0xBF, 0xB9, 0xCF] + UInt256(0xA11CE).bigEndianBytes + UInt256(0).bigEndianBytes

    private static let secret = Array("the owner's secret".utf8)
    private static let isValidSignature: [UInt8] = [0x16, 0x26, 0xBA, 0x7E]
    private static let padding = [UInt8](repeating: 0, count: 28)

    /// The signature that both take for a hash.
    public static func signature(of hash: [UInt8]) -> [UInt8] {
        Keccak256.hash((secret + hash).span).bigEndianBytes + [1]
    }

    static func isDeployment(_ call: ReceivedCall) -> Bool {
        call.contract == factory && call.function == .createAccount && call.arguments == Array(deployment.dropFirst(4))
    }

    /// Runs a call; `nil` for one of something else, and of the wallet that is not there yet.
    ///
    /// - Parameter isDeployed: whether the second wallet was deployed before, in the same simulated call.
    static func run(_ call: ReceivedCall, isDeployed: Bool) -> CallResult? {
        guard call.contract == deployed || call.contract == counterfactual && isDeployed else { return nil }
        guard call.function == .isValidSignature else { return .unknownFunction }
        guard let (hash, signature) = question(in: call.arguments) else { return .unknownFunction }
        let answer = signature == Self.signature(of: hash) ? isValidSignature : [0xFF, 0xFF, 0xFF, 0xFF]
        return .returned(answer + padding)
    }

    /// The arguments of `isValidSignature(bytes32,bytes)`, in the one layout that Solidity's compiler writes.
    private static func question(in arguments: [UInt8]) -> (hash: [UInt8], signature: [UInt8])? {
        guard MulticallContract.number(arguments, at: 32) == 64,
            let length = MulticallContract.number(arguments, at: 64)
        else { return nil }
        let content = arguments.dropFirst(96)
        guard content.count == (length + 31) / 32 * 32, content.dropFirst(length).allSatisfy({ $0 == 0 }) else {
            return nil
        }
        return (Array(arguments.prefix(32)), Array(content.prefix(length)))
    }
}
