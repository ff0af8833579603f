import Tokens

/// A contract of the simulated chain.
protocol SampleContract: Sendable {
    var address: ContractAddress { get }
    var name: String { get }
    var symbol: String { get }
    var standard: TokenStandard { get }
    /// `nil` when the contract has no `totalSupply()`.
    var totalSupply: UInt64? { get }
    /// Whether it is ERC-721 Enumerable.
    var isEnumerable: Bool { get }
    /// The token at a place of the contract's own order, when it is ERC-721 Enumerable.
    func token(at index: UInt64) -> UInt64?
    /// `nil` when the contract has no `contractURI()`.
    var contractURI: String? { get }

    /// What `tokenURI` of ERC-721, or `uri` of ERC-1155, does for a token.
    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer

    /// What the contract does in place of what its properties say; `nil` for just that.
    func answer(to function: ContractFunction) -> CallResult?

    /// Runs a call.
    func run(_ call: ReceivedCall) -> CallResult
    /// What a call costs.
    func gas(of call: ReceivedCall) -> UInt64
}

/// What `eth_call` may cost here, as on most nodes.
enum CallGas {
    static let cap: UInt64 = 50_000_000
    static let usual: UInt64 = 40_000
}

/// How a contract answers the question for a token's URI.
enum TokenURIAnswer: Sendable {
    /// Returns a string, whatever its bytes.
    case text([UInt8])
    /// Reverts with `ERC721NonexistentToken`.
    case nonexistent
    /// Reverts with a reason in words.
    case refused(reason: String)
    /// Returns data that the ABI may not allow.
    case raw([UInt8])

    static func uri(_ text: String) -> TokenURIAnswer {
        .text(Array(text.utf8))
    }
}

/// The end of a call: returned data, or a revert with its data.
enum CallResult: Sendable, Equatable {
    case returned([UInt8])
    case reverted(reason: String?, data: [UInt8])

    /// What Solidity does when no function matches: a revert that says nothing.
    static let unknownFunction = CallResult.reverted(reason: nil, data: [])
}

extension SampleContract {
    var isEnumerable: Bool { false }

    func token(at index: UInt64) -> UInt64? { nil }

    func gas(of call: ReceivedCall) -> UInt64 { CallGas.usual }

    func answer(to function: ContractFunction) -> CallResult? { nil }

    func run(_ call: ReceivedCall) -> CallResult { standardResult(of: call) }

    /// What a contract does that follows its standard, but for what it answers otherwise.
    func standardResult(of call: ReceivedCall) -> CallResult {
        if let answer = call.function.flatMap(answer(to:)) { return answer }
        return switch call.function {
        case .tokenURI: standard == .erc721 ? metadata(of: call.token) : .unknownFunction
        case .uri: standard == .erc1155 ? metadata(of: call.token) : .unknownFunction
        case .supportsInterface: .returned(ABIEncoding.boolean(supports(interface: Array(call.argument.prefix(4)))))
        case .name: .returned(ABIEncoding.string(name.utf8))
        case .symbol: .returned(ABIEncoding.string(symbol.utf8))
        case .totalSupply: totalSupply.map { .returned(ABIEncoding.word($0)) } ?? .unknownFunction
        case .tokenByIndex: tokenByIndex(call.argument)
        case .ownerOf: standard == .erc721 ? owner(of: call.token) : .unknownFunction
        case .contractURI: contractURI.map { .returned(ABIEncoding.string($0.utf8)) } ?? .unknownFunction
        case .baseURI, .aggregate, .punkAttributes, .punkImage, .isValidSignature, .createAccount, nil:
            .unknownFunction
        }
    }

    private func tokenByIndex(_ argument: [UInt8]) -> CallResult {
        let index = argument.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard isEnumerable, argument.count == 32, argument.prefix(24).allSatisfy({ $0 == 0 }) else {
            return .unknownFunction
        }
        return token(at: index).map { .returned(ABIEncoding.word($0)) } ?? .unknownFunction
    }

    /// Somebody, for every token that exists.
    private func owner(of token: TokenIdentifier?) -> CallResult {
        guard let token else { return .unknownFunction }
        if case .nonexistent = tokenURI(of: token) {
            return .reverted(reason: nil, data: ABIEncoding.nonexistentToken(token))
        }
        return .returned(ABIEncoding.word(0xA11CE))
    }

    private func metadata(of token: TokenIdentifier?) -> CallResult {
        guard let token else { return .unknownFunction }
        switch tokenURI(of: token) {
        case .text(let text): return .returned(ABIEncoding.string(text))
        case .raw(let data): return .returned(data)
        case .nonexistent: return .reverted(reason: nil, data: ABIEncoding.nonexistentToken(token))
        case .refused(let reason): return .reverted(reason: reason, data: ABIEncoding.failure(reason: reason))
        }
    }

    /// ERC-165 with the interfaces of the standard.
    private func supports(interface: [UInt8]) -> Bool {
        let introspection: [UInt8] = [0x01, 0xFF, 0xC9, 0xA7]
        return switch standard {
        case .erc721:
            [introspection, [0x80, 0xAC, 0x58, 0xCD], [0x5B, 0x5E, 0x13, 0x9F]].contains(interface)
                || isEnumerable && interface == [0x78, 0x0E, 0x9D, 0x63]
        case .erc1155: [introspection, [0xD9, 0xB6, 0x7A, 0x26], [0x0E, 0x89, 0x34, 0x1C]].contains(interface)
        }
    }
}
