import EventLoops
import Tokens

/// Finds out from contracts where tokens' metadata is.
///
/// Which standard a contract follows decides what it is asked: `tokenURI` or `uri`. For one not yet known both are
/// asked at once, together with what it claims under ERC-165, so that its first token costs no more round trips than
/// any other. Where both answer, what the contract claims decides; a contract that claims both standards, or none, is
/// taken for ERC-721.
struct TokenURIReader: Sendable {
    /// Claims are of use, but not worth a long wait.
    private static let patienceWithClaims = Duration.seconds(2)

    let caller: ContractCaller
    let standards: StandardMemory

    /// One question, as it is passed on.
    private struct Question {
        let reference: TokenReference
        let chain: Configuration.Chain
        let deadline: MonotonicTime

        var contract: CollectionKey { CollectionKey(chain: reference.chain, contract: reference.contract) }

        func call(_ standard: TokenStandard) -> ContractCall {
            switch standard {
            case .erc721: .tokenURI(of: reference.token, in: reference.contract)
            case .erc1155: .uri(of: reference.token, in: reference.contract)
            }
        }
    }

    private typealias Replies = [(standard: TokenStandard, reply: TokenURIReply)]

    /// - Parameter hint: the standard that the contract followed when it was asked last, as far as anybody remembers.
    func tokenURI(
        of reference: TokenReference, supposing hint: TokenStandard? = nil, on chain: Configuration.Chain,
        by deadline: MonotonicTime, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> TokenURIAnswer {
        let question = Question(reference: reference, chain: chain, deadline: deadline)
        let replies = try await replies(to: question, hint, &trace)
        let answer = TokenURIReply.answer(from: replies)
        if case .uri(_, let standard) = answer { standards.remember(standard, of: question.contract) }
        if case .absent(let standard) = answer {
            return try await fromBaseURI(question, standard, &trace) ?? answer
        }
        return answer
    }

    private func replies(
        to question: Question, _ hint: TokenStandard?, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> Replies {
        let known = standards[question.contract]
        switch known ?? hint {
        case .erc721?:
            let reply = try await ask(.erc721, question, &trace)
            if reply.isFinal || known != nil { return [(.erc721, reply)] }
        case .erc1155?:
            return try await replies(to: question, [.erc1155, .erc721], &trace)
        case nil:
            break
        }
        guard standards.begin(question.contract) else {
            // Somebody is finding out already. Most contracts are ERC-721.
            return try await replies(to: question, [.erc721, .erc1155], &trace)
        }
        var found: TokenStandard?
        defer { standards.end(question.contract, with: found) }
        let (replies, claims) = try await explore(question, &trace)
        found = claims.standard
        return replies
    }

    /// One function, and the other only when the first does not settle it.
    private func replies(
        to question: Question, _ order: [TokenStandard], _ trace: inout ResolutionTrace
    ) async throws(Problem) -> Replies {
        var replies: Replies = []
        for standard in order {
            let reply = try await ask(standard, question, &trace)
            replies.append((standard, reply))
            if reply.isFinal { break }
            // Found out meanwhile: it was asked the right question.
            if standard == .erc721, standards[question.contract] == .erc721 { break }
        }
        return replies
    }

    private func ask(
        _ standard: TokenStandard, _ question: Question, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> TokenURIReply {
        TokenURIReply(
            try await caller.outcome(
                of: question.call(standard), on: question.chain, by: question.deadline, &trace))
    }

    /// Everything at once, for a contract that nobody knows.
    private func explore(
        _ question: Question, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> (Replies, ClaimedInterfaces) {
        let calls = TokenStandard.allCases.map { (call: question.call($0), deadline: question.deadline) }
        let claimsBy = min(question.deadline, .current + Self.patienceWithClaims)
        let inquiries = ClaimedInterfaces.questions.map {
            (call: ContractCall.supports($0, in: question.reference.contract), deadline: claimsBy)
        }
        let settlements = await caller.settlements(of: calls + inquiries, on: question.chain)
        let claims = ClaimedInterfaces(
            settlements.dropFirst(calls.count).map { $0.returned.flatMap(ABI.decodeBoolean) })
        var replies: Replies = []
        var failure: Problem?
        for (standard, settlement) in zip(TokenStandard.allCases, settlements) {
            do throws(Problem) {
                replies.append((standard, TokenURIReply(try settlement.outcome(on: question.chain, &trace))))
            } catch {
                failure = error
            }
        }
        // The function that got no answer may be the one that has the URI.
        if let failure, !replies.contains(where: \.reply.isFinal) { throw failure }
        if claims.standard == .erc1155 { replies.reverse() }
        return (replies, claims)
    }

    /// Many contracts without a URI for each token have one for all, to which the number is appended.
    private func fromBaseURI(
        _ question: Question, _ standard: TokenStandard, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> TokenURIAnswer? {
        let reference = question.reference
        let call = ContractCall(.baseURI, of: reference.contract)
        let outcome = try await caller.outcome(of: call, on: question.chain, by: question.deadline, &trace)
        guard case .text(let base) = TokenURIReply(outcome) else { return nil }
        return .uri(base + reference.token.decimal, standard)
    }
}
