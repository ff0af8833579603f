public import Tokens

/// A signature that only a contract can tell good from bad (ERC-1271), maybe one that is not deployed yet (ERC-6492).
public struct ContractSignature: Sendable, Hashable {
    /// The longest that is read, in bytes.
    public static let maximumLength = 16_384

    /// What a contract that is not deployed yet is deployed by.
    struct Deployment: Sendable, Hashable {
        let factory: ContractAddress
        let data: [UInt8]
    }

    /// What the contract gets to see.
    let signature: [UInt8]
    let deployment: Deployment?

    /// Reads a signature; `nil` when it announces a deployment and has none (ERC-6492).
    public init?(_ bytes: [UInt8]) {
        guard bytes.suffix(32) == Self.counterfactualMark[...] else {
            signature = bytes
            deployment = nil
            return
        }
        let content = Array(bytes.dropLast(32))
        guard content.prefix(12).allSatisfy({ $0 == 0 }),
            let factory = WalletAddress(bytes: content.prefix(32).dropFirst(12)),
            let data = Self.bytes(of: content, at: 32), let signature = Self.bytes(of: content, at: 64)
        else { return nil }
        self.signature = signature
        deployment = Deployment(factory: factory.contract, data: data)
    }

    /// What ends a signature of a contract that may not be deployed yet.
    private static let counterfactualMark = [UInt8](
        (0..<16).flatMap { _ in [0x64, 0x92] as [UInt8] })

    /// An argument of type `bytes`, whose offset stands at a position. Both come from a stranger.
    private static func bytes(of content: [UInt8], at position: Int) -> [UInt8]? {
        guard let offset = word(content, at: position), let length = word(content, at: offset),
            length <= content.count - offset - 32
        else { return nil }
        return Array(content[offset + 32..<offset + 32 + length])
    }

    /// A number of 32 bytes, where it is no larger than the content is long.
    private static func word(_ content: [UInt8], at position: Int) -> Int? {
        guard position <= content.count - 32 else { return nil }
        let word = content[position..<position + 32]
        guard word.prefix(28).allSatisfy({ $0 == 0 }) else { return nil }
        let value = word.suffix(4).reduce(0) { $0 << 8 | Int($1) }
        return value <= content.count ? value : nil
    }
}

extension ContractSignature {
    /// `isValidSignature(bytes32,bytes)`, which is also what it returns when it is content.
    private static let isValidSignature = FunctionSelector(0x1626_BA7E)

    /// The call that tells whether a wallet takes this signature for a hash. Where the wallet is not deployed yet, that
    /// is done first, in the same simulated call.
    ///
    /// - Parameter multicall: where Multicall3 is on the chain.
    public func call(for hash: [UInt8], by wallet: WalletAddress, through multicall: ContractAddress) -> ContractCall {
        let question = question(hash, to: wallet)
        guard let deployment else { return question }
        return Multicall.call([ContractCall(deployment.factory, data: deployment.data), question], through: multicall)
    }

    /// Whether what the call returned means that the signature is good.
    public func isConfirmed(by returned: [UInt8]) -> Bool {
        guard deployment != nil else { return Self.isContent(returned) }
        guard let outcomes = try? Multicall.outcomes(of: returned, count: 2), case .returned(let data) = outcomes[1]
        else {
            return false
        }
        return Self.isContent(data)
    }

    /// The whole first word counts: what only gives back its question, as the precompiled contract at address 4 does,
    /// begins with the same four bytes.
    private static func isContent(_ returned: [UInt8]) -> Bool {
        returned.prefix(32).elementsEqual(isValidSignature.bytes + [UInt8](repeating: 0, count: 28))
    }

    private func question(_ hash: [UInt8], to wallet: WalletAddress) -> ContractCall {
        var data = Self.isValidSignature.bytes + hash
        data += UInt256(64).bigEndianBytes
        data += UInt256(UInt64(signature.count)).bigEndianBytes
        data += signature
        let excess = signature.count % 32
        if excess > 0 { data += [UInt8](repeating: 0, count: 32 - excess) }
        return ContractCall(wallet.contract, data: data)
    }
}
