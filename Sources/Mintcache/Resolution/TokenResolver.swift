import EventLoops
import HTTPCaching
import Tokens

/// Finds out what a token's metadata is now.
protocol TokenResolving: Sendable {
    /// A token that does not exist, and metadata that nobody can use, are records too; thrown is only what may work
    /// later.
    ///
    /// - Parameter held: the newest that any tier holds of the token, however old.
    func resolve(_ reference: TokenReference, holding held: TokenRecord?) async throws(Problem) -> TokenRecord
}

/// Asks the sources configured for a token one after another until one has its document.
struct TokenResolver: TokenResolving {
    /// The sources for a token, in order.
    let sources: @Sendable (TokenReference) -> [any TokenSource]
    let maker: RecordMaker
    /// For everything: calls, documents, their retries.
    let timeout: Duration

    func resolve(_ reference: TokenReference, holding held: TokenRecord?) async throws(Problem) -> TokenRecord {
        let inquiry = Inquiry(reference: reference, held: held, deadline: .current + timeout)
        var trace = ResolutionTrace()
        var verdict: (answer: SourceAnswer, source: String)?
        var failure: Problem?
        for source in sources(reference) {
            trace.source = source.name
            do throws(Problem) {
                guard let answer = try await source.answer(inquiry, &trace) else { continue }
                switch answer.finding {
                case .document, .missing(reason: _, isCertain: true):
                    return maker.record(of: inquiry, answer, from: source.name)
                case .missing, .unusable:
                    verdict = verdict ?? (answer, source.name)
                }
            } catch {
                failure = error
            }
        }
        if let verdict { return maker.record(of: inquiry, verdict.answer, from: verdict.source) }
        throw failure ?? trace.problem("No configured source knows this token.")
    }
}
