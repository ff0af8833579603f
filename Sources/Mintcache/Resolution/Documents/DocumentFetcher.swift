import EventLoops
import Tokens
import UpstreamFetching

/// What a token's URI led to.
enum FetchedDocument: Sendable {
    case document(MetadataDocument)
    case unusable(UnusableDocument)

    static func refused(_ reason: String) -> FetchedDocument { .unusable(.init(kind: .refused, reason: reason)) }

    var isAbsent: Bool {
        if case .unusable(let unusable) = self { unusable.kind == .absent } else { false }
    }
}

/// Fetches what a token URI names: content from the configured gateways, everything else from where it lies. Each
/// content is fetched once, however many tokens lead to it, and not at all when what is held is that content.
struct DocumentFetcher: Sendable {
    let gateways: Configuration.Gateways
    let board: DocumentBoard
    let race: GatewayRace
    let forms: IdentifierFormMemory
    /// For one fetch, whoever waits for it.
    let timeout: Duration
    let metrics: Metrics

    /// The document that a token's URI leads to.
    ///
    /// - Parameter text: the URI as the contract or a provider gave it.
    func document(
        at text: String, for inquiry: Inquiry, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        guard TokenURI.hasIdentifierTemplate(text) else {
            return try await document(DocumentQuestion(text, .paddedHex, inquiry), &trace)
        }
        return try await document(atTemplate: text, for: inquiry, &trace)
    }

    /// Tries the forms of the token's number that hosts want, until one leads to a document.
    private func document(
        atTemplate text: String, for inquiry: Inquiry, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        let collection = CollectionKey(chain: inquiry.reference.chain, contract: inquiry.reference.contract)
        var asked: Set<TokenURI> = []
        var absent: FetchedDocument?
        var failure: Problem?
        for form in forms.candidates(for: inquiry.reference.token, of: collection) {
            let question = DocumentQuestion(text, form, inquiry)
            guard asked.insert(question.uri).inserted else { continue }
            do throws(Problem) {
                let found = try await document(question, &trace)
                if case .document = found { forms[collection] = form }
                guard found.isAbsent else { return found }
                absent = absent ?? found
            } catch {
                // To some hosts a number in another form than theirs is a bad request.
                guard let status = trace.lastStatus, status == 400 || status == 422 else { throw error }
                failure = failure ?? error
            }
        }
        if let absent { return absent }
        throw failure ?? trace.problem(Self.nobody)
    }

    private func document(
        _ question: DocumentQuestion, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        StepLog.current?.note(question)
        switch question.uri {
        case .data(let mediaType, let bytes): return await read(bytes, contentType: mediaType, for: question)
        case .unsupported(let reason): return .refused("The token's URI cannot be fetched: \(reason).")
        case .ipfs, .ipns, .arweave, .arweaveName, .http: break
        }
        if question.isImmutable, let held = question.held {
            metrics.documentReads.count(.held)
            return .document(question.document(held))
        }
        switch try await finding(of: question, &trace) {
        case .document(var document):
            document.isImmutable = question.isImmutable
            return .document(document)
        case .media(let opening, let contentType, let validators):
            return await read(opening, contentType: contentType, validators, for: question)
        case .notModified(let validators):
            guard let held = question.held else { throw trace.problem(Self.nobody) }
            metrics.documentReads.count(.notModified)
            return .document(question.document(held, validators))
        case .elsewhere(let content):
            return try await redirected(question, to: content, &trace)
        case .unusable(let unusable):
            return .unusable(unusable)
        case .nothing:
            throw trace.problem(Self.nobody)
        }
    }

    private static let nobody = "No source could deliver the metadata document."

    /// Gateways send nobody on to other content, so this happens once.
    private func redirected(
        _ question: DocumentQuestion, to content: TokenURI, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        let found = try await document(DocumentQuestion(question, redirectedTo: content), &trace)
        guard case .document(var document) = found else { return found }
        // The gateway's validators mean nothing to the host.
        document.validators = .none
        return .document(document)
    }

    // MARK: Fetching

    private func finding(
        of question: DocumentQuestion, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> DocumentReport.Finding {
        let (uri, preferred, conditions) = (question.uri, question.inquiry.gateway, question.conditions)
        let key = DocumentBoard.Key(
            content: uri.canonical ?? "", isImmutable: uri.isImmutable, gateway: uri.isContent ? preferred?.url : nil,
            conditions: conditions)
        let arrival = await board.arrival(of: key, by: question.inquiry.deadline) { [self] in
            let places = places(of: uri, preferring: preferred)
            return await race.run(places, unlessAs: conditions, by: .current + timeout)
        }
        switch arrival {
        case .report(let report):
            trace.adopt(report.trace)
            return report.finding
        case .late:
            trace.note("document", at: Self.host(of: uri), "timeout", isRetryable: true)
            return .nothing
        case .refused:
            throw .overloaded(.documents)
        }
    }

    /// Where a URI's content may be, in the order in which to ask.
    private func places(of uri: TokenURI, preferring preferred: Configuration.Endpoint?) -> [ContentPlace] {
        switch uri {
        case .http(let url): [ContentPlace(host: url)]
        case .ipfs, .ipns: places(of: uri, at: gateways.ipfs, of: .ipfs, preferring: preferred)
        case .arweave, .arweaveName: places(of: uri, at: gateways.arweave, of: .arweave, preferring: preferred)
        case .data, .unsupported: []
        }
    }

    private func places(
        of uri: TokenURI, at endpoints: [Configuration.Endpoint], of network: ContentNetwork,
        preferring preferred: Configuration.Endpoint?
    ) -> [ContentPlace] {
        let others = endpoints.filter { $0.url != preferred?.url }
        let ordered = [preferred].compactMap { $0 } + race.gateways.order(others, of: network)
        return ordered.compactMap { ContentPlace(uri, at: $0, of: network) }
    }

    private static func host(of uri: TokenURI) -> String {
        switch uri {
        case .http(let url): ResolutionTrace.host(of: url)
        case .arweave, .arweaveName: ContentNetwork.arweave.gateways
        case .ipfs, .ipns, .data, .unsupported: ContentNetwork.ipfs.gateways
        }
    }

    // MARK: Reading

    /// A document that came in the URI itself, or that stands for the media to which it leads.
    private func read(
        _ bytes: [UInt8], contentType: String?, _ validators: SourceValidators = .none,
        for question: DocumentQuestion
    ) async -> FetchedDocument {
        let make = { @Sendable in DocumentReading(body: bytes, contentType: contentType, uri: question.text) }
        let start = MonotonicTime.current
        let reading = LargeDocument.isLarge(bytes) ? await Task.detached(operation: make).value : make()
        StepLog.current?.note(reading, contentType: contentType, since: start)
        switch reading {
        case .document(let bytes):
            return .document(MetadataDocument(bytes, contentType, validators, isImmutable: question.isImmutable))
        case .synthesized(let bytes):
            let type = "application/json"
            return .document(MetadataDocument(bytes, type, validators, isImmutable: question.isImmutable))
        case .unusable(let failure):
            return .unusable(UnusableDocument(failure))
        }
    }
}

extension MetadataDocument {
    private static let contentTypeLength = 128

    init(_ bytes: [UInt8], _ contentType: String?, _ validators: SourceValidators, isImmutable: Bool = false) {
        self.init(
            bytes: bytes, contentType: contentType.map { String($0.prefix(Self.contentTypeLength)) },
            entityTag: EntityDigest.text(bytes), validators: validators, isImmutable: isImmutable)
    }
}

extension UnusableDocument {
    /// What cannot be read now is told as malformed: the text does not change by itself.
    init(_ failure: DocumentFailure) {
        let kind: Kind =
            switch failure.kind {
            case .absent: .absent
            case .refused: .refused
            case .malformed, .retryable: .malformed
            }
        self.init(kind: kind, reason: "The metadata cannot be used: \(failure.reason).")
    }
}
