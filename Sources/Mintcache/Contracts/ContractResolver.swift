import EventLoops
import HTTPCaching
import Tokens

/// What was found out about a contract.
enum ContractFinding: Sendable {
    /// What it says, with its ERC-7572 document if that could be had, and how long all of this is good for.
    case page(ContractFacts, document: [UInt8]?, lifetime: LifetimePolicy.Outcome)
    /// Nothing at the address answers as contracts with tokens do.
    case nothing
}

/// Finds out what a contract says about itself now.
protocol ContractResolving: Sendable {
    /// Thrown is only what may work later.
    func resolve(_ key: CollectionKey) async throws(Problem) -> ContractFinding
}

/// Asks the contract for everything at once, then fetches the document that it names.
struct ContractResolver: ContractResolving {
    let chain: @Sendable (ChainIdentifier) -> Configuration.Chain?
    let caller: ContractCaller
    let standards: StandardMemory
    let fetcher: DocumentFetcher
    /// Collections with a gateway of their own.
    let collections: CollectionTable<Configuration.Collection>
    /// For everything.
    let timeout: Duration

    func resolve(_ key: CollectionKey) async throws(Problem) -> ContractFinding {
        guard let chain = chain(key.chain) else { throw .unknownChain(key.chain.description, known: []) }
        let deadline = MonotonicTime.current + timeout
        var trace = ResolutionTrace()
        let answers = await answers(of: key, on: chain, by: deadline, &trace)
        var facts = ContractFacts(chain: key.chain, contract: key.contract)
        facts.name = answers.text(.name)
        facts.symbol = answers.text(.symbol)
        facts.totalSupply = answers.integer(.totalSupply)
        facts.contractURI = answers.text(.contractURI)
        facts.standard = standards[key] ?? answers.standard
        if facts.isEmpty {
            // What a provider failed to ask may still be there.
            if let failure = answers.failure { throw trace.completed(failure) }
            return .nothing
        }
        guard answers.failure == nil else { return .page(facts, document: nil, lifetime: .failure) }
        guard let uri = facts.contractURI else { return .page(facts, document: nil, lifetime: .document) }
        return await page(facts, uri, by: deadline, &trace)
    }

    /// A document that cannot be had is no reason to keep back what the contract says.
    private func page(
        _ facts: ContractFacts, _ uri: String, by deadline: MonotonicTime, _ trace: inout ResolutionTrace
    ) async -> ContractFinding {
        let reference = CollectionKey(chain: facts.chain, contract: facts.contract).reference
        let inquiry = Inquiry(
            reference: reference, held: nil, deadline: deadline, gateway: collections[reference]?.gateway)
        do throws(Problem) {
            switch try await fetcher.document(at: uri, for: inquiry, &trace) {
            case .document(let document):
                // The document may last for ever; what the contract says of its supply does not.
                return .page(facts, document: document.bytes, lifetime: .document)
            case .unusable(let unusable):
                return .page(facts, document: nil, lifetime: unusable.kind.lifetime)
            }
        } catch {
            return .page(facts, document: nil, lifetime: .failure)
        }
    }

    // MARK: Calls

    private func answers(
        of key: CollectionKey, on chain: Configuration.Chain, by deadline: MonotonicTime,
        _ trace: inout ResolutionTrace
    ) async -> ContractAnswers {
        let questions = ContractQuestion.allCases
        let calls = questions.map { $0.call(of: key.contract) }
        var answers = ContractAnswers()
        for (question, settlement) in zip(questions, await caller.settlements(of: calls, on: chain, by: deadline)) {
            var attempts = ResolutionTrace()
            do throws(Problem) {
                answers.take(try settlement.outcome(on: chain, &attempts), to: question)
            } catch {
                // They left together, so what was tried for one was tried for all.
                if answers.failure == nil { trace.append(attempts) }
                answers.fail(with: error)
            }
        }
        return answers
    }
}

/// What contracts are asked.
enum ContractQuestion: CaseIterable {
    case name, symbol, totalSupply, contractURI
    case isERC721, isERC1155
    /// Whether it claims what no contract may: then its claims mean nothing (ERC-165).
    case claimsEverything

    func call(of contract: ContractAddress) -> ContractCall {
        switch self {
        case .name: ContractCall(.name, of: contract)
        case .symbol: ContractCall(.symbol, of: contract)
        case .totalSupply: ContractCall(.totalSupply, of: contract)
        case .contractURI: ContractCall(.contractURI, of: contract)
        case .isERC721: .supports(.erc721, in: contract)
        case .isERC1155: .supports(.erc1155, in: contract)
        case .claimsEverything: .supports(.never, in: contract)
        }
    }
}

/// How a contract answered. What it reverts at, or answers with what nobody can read, it does not say.
struct ContractAnswers {
    private var outcomes: [ContractQuestion: CallOutcome] = [:]
    /// Why some question did not reach the contract.
    private(set) var failure: Problem?

    mutating func take(_ outcome: CallOutcome, to question: ContractQuestion) {
        outcomes[question] = outcome
    }

    mutating func fail(with problem: Problem) {
        failure = failure ?? problem
    }

    func text(_ question: ContractQuestion) -> String? {
        guard let data = data(question), let text = try? ABI.decodeString(data) else { return nil }
        return text.allSatisfy(\.isWhitespace) ? nil : text
    }

    /// Not for one that claims everything: a fallback says the same to whatever it is asked.
    func integer(_ question: ContractQuestion) -> UInt256? {
        claims(.claimsEverything) ? nil : data(question).flatMap { ABI.decodeInteger($0) }
    }

    var standard: TokenStandard? {
        guard !claims(.claimsEverything) else { return nil }
        if claims(.isERC721) { return .erc721 }
        return claims(.isERC1155) ? .erc1155 : nil
    }

    private func claims(_ question: ContractQuestion) -> Bool {
        data(question).flatMap { ABI.decodeBoolean($0) } ?? false
    }

    private func data(_ question: ContractQuestion) -> [UInt8]? {
        if case .returned(let data) = outcomes[question] { data } else { nil }
    }
}

extension UnusableDocument.Kind {
    fileprivate var lifetime: LifetimePolicy.Outcome {
        switch self {
        case .absent: .missing
        case .malformed: .malformed
        case .refused: .refused
        }
    }
}

extension CollectionKey {
    /// What stands for the contract where a token is needed: the number is never looked at.
    var reference: TokenReference { TokenReference(chain: chain, contract: contract, token: TokenIdentifier(0)) }
}
