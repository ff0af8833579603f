/// Why a contract refused a call, as far as its revert data or the provider's message says.
public enum RevertReason: Hashable, Sendable {
    /// No data: a bare `revert()`, or a provider that withholds it.
    case unexplained
    /// The message of `require` or `revert("…")`.
    case message(String)
    /// A failed check of the compiler, such as 0x01 for an assertion or 0x11 for an overflow.
    case panic(code: UInt256)
    /// `ERC721NonexistentToken(uint256)`, `URIQueryForNonexistentToken()` or another error of that meaning.
    case nonexistentToken
    /// `OffchainLookup(…)`: the contract sends its callers to a gateway of its own (ERC-3668).
    case offchainLookup
    /// An error of the contract's own.
    case custom(FunctionSelector)

    /// Reads revert data: a selector and its ABI-encoded arguments.
    public init(data: [UInt8]) {
        guard data.count >= 4 else {
            self = .unexplained
            return
        }
        let selector = FunctionSelector(data.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        let arguments = Array(data.dropFirst(4))
        switch selector {
        case .error:
            let text = try? ABI.decodeString(arguments)
            self = text.map { .message(boundedText($0)) } ?? .unexplained
        case .panic: self = ABI.decodeInteger(arguments).map { .panic(code: $0) } ?? .unexplained
        case .offchainLookup: self = .offchainLookup
        case _: self = NonexistentToken.selectors.contains(selector) ? .nonexistentToken : .custom(selector)
        }
    }

    /// Whether the contract itself says that there is no such token, in one of the usual errors or in plain words.
    public var saysNonexistent: Bool {
        switch self {
        case .nonexistentToken: true
        case .message(let text): NonexistentToken.isSaid(by: text)
        case .unexplained, .panic, .offchainLookup, .custom: false
        }
    }
}

extension RevertReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexplained: return "execution reverted"
        case .message(let text): return "execution reverted: \(text)"
        case .panic(let code): return "execution reverted with panic 0x\(String(code.word3, radix: 16))"
        case .nonexistentToken: return "the contract says that the token does not exist"
        case .offchainLookup: return "the contract asks for an off-chain lookup (ERC-3668)"
        case .custom(let selector):
            var text: [UInt8] = []
            text.appendHex(selector.bytes)
            return "execution reverted with error 0x" + String(decoding: text, as: UTF8.self)
        }
    }
}

/// A foreign text cut to a length fit for a message, without control characters.
func boundedText(_ text: some StringProtocol, limit: Int = 200) -> String {
    var bounded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if bounded.count == limit {
            bounded.append("…")
            break
        }
        let isControl = scalar.properties.generalCategory == .control
        bounded.append(isControl ? " " : scalar)
    }
    return String(bounded)
}
