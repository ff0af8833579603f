import EventLoops
import HTTPCaching
import Tokens

/// Finds out what a token's metadata is now.
protocol TokenResolving: Sendable {
    /// A token that does not exist, and metadata that nobody can use, are records too; thrown is only what may work
    /// later.
    ///
    /// - Parameters:
    ///   - held: the newest that any tier holds of the token, however old.
    ///   - isRenewal: somebody wants news, whatever is held.
    func resolve(
        _ reference: TokenReference, holding held: TokenRecord?, isRenewal: Bool
    ) async throws(Problem) -> Resolution
}

/// What the sources came to.
enum Resolution: Sendable {
    /// It is news, and worth keeping.
    case fetched(TokenRecord)
    /// It is what the archive holds, however old.
    case archived(TokenRecord)

    var record: TokenRecord {
        switch self {
        case .fetched(let record), .archived(let record): record
        }
    }
}

/// Asks the sources configured for a token one after another until one has its document.
struct TokenResolver: TokenResolving {
    /// Who is asked for the tokens of one collection.
    struct Plan: Sendable {
        /// In order.
        var sources: [any TokenSource]
        var gateway: Configuration.Endpoint?

        /// The archive has no news: for those who want some it comes last, wherever it stands.
        func order(isRenewal: Bool) -> [any TokenSource] {
            guard isRenewal else { return sources }
            return sources.filter { $0.name != ArchiveSource.name } + sources.filter { $0.name == ArchiveSource.name }
        }
    }

    let plan: @Sendable (TokenReference) -> Plan
    let maker: RecordMaker
    /// Where it is counted what each source came to, by name.
    var states: [String: SourceState] = [:]
    /// For everything: calls, documents, their retries.
    let timeout: Duration

    func resolve(
        _ reference: TokenReference, holding held: TokenRecord?, isRenewal: Bool
    ) async throws(Problem) -> Resolution {
        let plan = plan(reference)
        let inquiry = Inquiry(
            reference: reference, held: held, deadline: .current + timeout, gateway: plan.gateway)
        let (answer, source) = try await verdict(on: inquiry, of: plan.order(isRenewal: isRenewal))
        return maker.resolution(of: inquiry, answer, from: source)
    }

    /// What the sources come to, asked in order.
    func verdict(
        on inquiry: Inquiry, of sources: [any TokenSource]
    ) async throws(Problem) -> Verdicts.Verdict {
        let deadline = inquiry.deadline
        var inquiry = inquiry
        var trace = ResolutionTrace()
        var verdicts = Verdicts()
        for (index, source) in sources.enumerated() {
            trace.source = source.name
            let start = MonotonicTime.current
            StepLog.current?.enter(source.name)
            let others = sources.count - 1 - index
            inquiry.deadline = Self.deadline(for: source, before: others, within: deadline, at: .current)
            do throws(Problem) {
                let answer = try await source.answer(inquiry, &trace)
                states[source.name]?.count(SourceState.Outcome(answer))
                StepLog.current?.note(answer, since: start)
                guard let answer else { continue }
                switch answer.finding {
                case .document, .archived, .missing(reason: _, isCertain: true):
                    return (answer, source.name)
                case .missing, .unusable:
                    verdicts.note(answer, from: source)
                }
            } catch {
                states[source.name]?.count(.failures)
                StepLog.current?.note(error, since: start)
                verdicts.note(error, from: source)
            }
        }
        if let verdict = verdicts.best { return verdict }
        throw verdicts.failure.map { trace.completed($0) } ?? trace.problem("No configured source knows this token.")
    }

    /// A source that hangs must leave time to those after it: it has half of what is left, or less if it says so.
    static func deadline(
        for source: any TokenSource, before others: Int, within deadline: MonotonicTime, at now: MonotonicTime
    ) -> MonotonicTime {
        let left = max(.zero, deadline - now)
        let share = others > 0 ? left / 2 : left
        return now + min(share, source.timeout ?? share)
    }
}

/// What sources without a document said, until all have been asked.
struct Verdicts {
    typealias Verdict = (answer: SourceAnswer, source: String)

    private var firstHand: Verdict?
    private var secondHand: Verdict?
    private var hasAuthorityFailed = false
    private(set) var failure: Problem?

    mutating func note(_ answer: SourceAnswer, from source: any TokenSource) {
        if source.isAuthoritative {
            firstHand = firstHand ?? (answer, source.name)
        } else if failure == nil {
            secondHand = secondHand ?? (answer, source.name)
        }
    }

    mutating func note(_ failure: Problem, from source: any TokenSource) {
        self.failure = failure
        hasAuthorityFailed = hasAuthorityFailed || source.isAuthoritative
    }

    /// The answer that is told when nobody has a document. The contract's own word stands whoever else failed. Others'
    /// say-so stands only when the contract could be asked, if it was to be, and nobody before them failed: a token must
    /// not be remembered as missing because the one who knows was out of reach.
    var best: Verdict? { firstHand ?? (hasAuthorityFailed ? nil : secondHand) }
}
