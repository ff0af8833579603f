import Tokens

/// What a contract says about where a token's metadata is.
enum TokenURIAnswer: Sendable, Equatable {
    case uri(String, TokenStandard)
    /// The contract knows the token, and has no URI for it.
    case absent(TokenStandard)
    /// `isCertain` when the contract itself says so; not when it merely does not answer as token contracts do.
    case missing(reason: String, isCertain: Bool)
    /// The contract answers with what is no URI.
    case malformed(reason: String, TokenStandard)
    /// The contract wants something that is not given to it.
    case refused(reason: String)
}

/// What one of the two functions, `tokenURI` or `uri`, gave for a token.
enum TokenURIReply: Sendable, Equatable {
    case text(String)
    /// An empty text, or a word that stands for one.
    case blank
    case unreadable(ABIError)
    /// The contract says in so many words that there is no such token.
    case nonexistent(RevertReason)
    case refused(RevertReason)
    /// No such function, or no contract.
    case unsupported

    init(_ outcome: CallOutcome) {
        switch outcome {
        case .returned(let data):
            do throws(ABIError) {
                let text = try ABI.decodeString(data)
                self = TokenURIText.isAbsent(text) ? .blank : .text(text)
            } catch {
                self = .unreadable(error)
            }
        case .reverted(let reason): self = reason.saysNonexistent ? .nonexistent(reason) : .refused(reason)
        case .unsupported, .rateLimited, .exhausted, .providerFault: self = .unsupported
        }
    }

    /// Whether the other function need not be asked.
    var isFinal: Bool {
        switch self {
        case .text, .nonexistent: true
        case .blank, .unreadable, .refused, .unsupported: false
        }
    }

    /// How much a reply tells: what is there before what is not, words before silence.
    private var weight: Int {
        switch self {
        case .text: 6
        case .nonexistent: 5
        case .blank: 4
        case .refused(.offchainLookup): 3
        case .unreadable: 2
        case .refused: 1
        case .unsupported: 0
        }
    }

    /// The answer in the replies of the functions asked, the preferred one first.
    static func answer(from replies: [(standard: TokenStandard, reply: TokenURIReply)]) -> TokenURIAnswer {
        var best: (standard: TokenStandard, reply: TokenURIReply)?
        for candidate in replies where best.map({ $0.reply.weight < candidate.reply.weight }) ?? true {
            best = candidate
        }
        guard let (standard, reply) = best else { return noTokenContract }
        switch reply {
        case .text(let text): return .uri(text, standard)
        case .blank: return .absent(standard)
        case .unreadable(let error):
            return .malformed(reason: "The contract's answer is not a text: \(error.description).", standard)
        case .nonexistent(let reason):
            return .missing(reason: "The contract has no such token: \(reason.description).", isCertain: true)
        case .refused(.offchainLookup):
            return .refused(
                reason: "The contract sends its callers to a gateway of its own (ERC-3668), which is not followed.")
        case .refused(let reason):
            return .missing(reason: "The contract has no such token: \(reason.description).", isCertain: false)
        case .unsupported: return noTokenContract
        }
    }

    private static let noTokenContract = TokenURIAnswer.missing(
        reason: "The address has neither tokenURI nor uri: it is not a token contract.", isCertain: false)
}

/// What a contract claims to be under ERC-165.
struct ClaimedInterfaces: Sendable, Equatable {
    /// The interfaces to ask about, and one that no contract may claim.
    static let questions: [InterfaceIdentifier] = [.erc721, .erc1155, .never]

    var isERC721 = false
    var isERC1155 = false

    /// - Parameter answers: to the ``questions``, nil where there is none. A contract that claims even what none may
    ///   claim says yes to everything, which says nothing.
    init(_ answers: [Bool?]) {
        guard answers.count == Self.questions.count, answers[2] != true else { return }
        isERC721 = answers[0] ?? false
        isERC1155 = answers[1] ?? false
    }

    /// The one standard claimed; nil for none and for both.
    var standard: TokenStandard? {
        switch (isERC721, isERC1155) {
        case (true, false): .erc721
        case (false, true): .erc1155
        case (true, true), (false, false): nil
        }
    }
}
