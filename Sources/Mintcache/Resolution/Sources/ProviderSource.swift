import EventLoops
import Tokens
import UpstreamFetching

/// Asks somebody's HTTP API, as its configuration describes it. Neither the URL nor the fields of a request are ever
/// told: they hold the operator's key.
struct ProviderSource: TokenSource {
    private static let step = "provider"

    let name: String
    let timeout: Duration?
    let provider: Configuration.Provider
    /// What the provider calls the chains.
    let chains: [ChainIdentifier: String]
    let client: UpstreamClient
    let fetcher: DocumentFetcher
    let state: SourceState
    let log: Logger

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? {
        guard let chain = chains[inquiry.reference.chain] else { return nil }
        let url = provider.url.url(of: inquiry.reference, chain: chain)
        switch try await ask(url, by: inquiry.deadline, &trace) {
        case .findings(let findings):
            return try await answer(findings, url, inquiry, &trace)
        case .verdict(let meaning):
            guard let finding = finding(meaning) else { throw problem(trace) }
            return SourceAnswer(finding: finding)
        case .failure:
            throw problem(trace)
        }
    }

    // MARK: Asking

    private func ask(
        _ url: String, by deadline: MonotonicTime, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> ProviderReading {
        let start = MonotonicTime.current
        let pass = try admit(url, at: start, &trace)
        var request = UpstreamRequest(url, trust: .configured, fields: fields)
        request.timeout = max(.zero, deadline - start)
        do throws(FetchFailure) {
            let response = try await client.fetch(request, as: .provider)
            let reading = await read(response)
            StepLog.current?.note(reading, since: start)
            note(reading, url, since: start, &trace)
            if case .failure(let failure) = reading, failure.isOfSource {
                fail(pass, failure.label)
            } else {
                state.succeed(at: .current)
            }
            return reading
        } catch {
            trace.note(Self.step, url, error, since: start)
            if error.isOfSource(after: .current - start) { fail(pass, error.label) }
            throw problem(trace)
        }
    }

    private func admit(
        _ url: String, at now: MonotonicTime, _ trace: inout ResolutionTrace
    ) throws(Problem) -> CircuitBreaker.Pass {
        switch state.admit(within: provider.budget, at: now) {
        case .granted(let pass): return pass
        case .overBudget: trace.note(Self.step, at: ResolutionTrace.host(of: url), "budget", isRetryable: true)
        case .leftAlone: trace.note(Self.step, at: ResolutionTrace.host(of: url), "breaker-open", isRetryable: true)
        }
        throw problem(trace)
    }

    private var fields: [UpstreamField] {
        let own = provider.headers.map { UpstreamField($0.name, $0.value) }
        let hasAccept = own.contains { $0.name.lowercased() == "accept" }
        return hasAccept ? own : own + [UpstreamField("accept", "application/json")]
    }

    /// Large answers are read off the loop, so that everybody else's flights go on.
    private func read(_ response: UpstreamResponse) async -> ProviderReading {
        let (status, body, provider) = (response.status, response.body, provider)
        guard LargeDocument.isLarge(body) else { return ProviderReading(status: status, body: body, by: provider) }
        return await Task.detached { ProviderReading(status: status, body: body, by: provider) }.value
    }

    private func note(
        _ reading: ProviderReading, _ url: String, since start: MonotonicTime, _ trace: inout ResolutionTrace
    ) {
        let host = ResolutionTrace.host(of: url)
        switch reading {
        case .findings: break
        case .failure(.status(let status)): trace.note(Self.step, url, status: status, since: start)
        case .failure(let failure):
            trace.note(Self.step, at: host, failure.label, isRetryable: failure == .notJSON, since: start)
        case .verdict(let meaning):
            trace.note(Self.step, at: host, meaning.rawValue, isRetryable: meaning == .retry, since: start)
        }
    }

    private func fail(_ pass: CircuitBreaker.Pass, _ label: String) {
        guard state.fail(pass, label, at: .current) else { return }
        log.warning("a source is left alone for a while, because it fails", ["source": name, "reason": label])
    }

    // MARK: Answering

    /// The first document there is: the one in the answer, the one that the token's URI leads to, the provider's own
    /// description of the token.
    private func answer(
        _ findings: ProviderReading.Findings, _ url: String, _ inquiry: Inquiry, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> SourceAnswer? {
        var answer: SourceAnswer?
        func take(_ found: FetchedDocument) -> Bool {
            switch found {
            case .document(let document):
                answer = findings.answer(.document(document))
                return true
            case .unusable(let unusable):
                answer = answer ?? findings.answer(.unusable(unusable))
                return false
            }
        }
        if let document = findings.document, take(document) { return answer }
        var failure: Problem?
        if provider.fetchesTokenURI, let uri = findings.tokenURI {
            do throws(Problem) {
                if take(try await fetcher.document(at: uri, for: inquiry, &trace)) { return answer }
            } catch {
                failure = error
            }
        }
        if let summary = findings.summary { return findings.answer(.document(summary)) }
        if answer == nil, let failure { throw failure }
        trace.note(Self.step, at: ResolutionTrace.host(of: url), answer == nil ? "no-metadata" : "unusable")
        return answer
    }

    /// Nil when the provider could not say.
    private func finding(_ meaning: AnswerRule.Meaning) -> SourceAnswer.Finding? {
        switch meaning {
        case .missing: .missing(reason: "The source \(name) knows no such token.", isCertain: false)
        case .malformed:
            .unusable(.init(kind: .malformed, reason: "The source \(name) cannot read the token's metadata."))
        case .refused:
            .unusable(.init(kind: .refused, reason: "The source \(name) does not give out the token's metadata."))
        case .retry: nil
        }
    }

    private func problem(_ trace: ResolutionTrace) -> Problem {
        trace.problem("The source \(name) could not answer.")
    }
}

extension ProviderReading.Findings {
    fileprivate func answer(_ finding: SourceAnswer.Finding) -> SourceAnswer {
        SourceAnswer(finding: finding, standard: standard, tokenURI: tokenURI)
    }
}

extension FetchFailure {
    /// Whether it says something about the source, rather than about ourselves: a source given no time has not failed.
    fileprivate func isOfSource(after time: Duration) -> Bool {
        switch kind {
        case .connect, .tls, .truncated, .malformedResponse, .nameNotFound, .tooManyRedirects: true
        case .timeout: time >= .milliseconds(500)
        case .invalidRequest, .refusedURL, .refusedAddress, .tooLarge, .overloaded, .breakerOpen, .status: false
        case .cancelled, .closed: false
        }
    }
}
