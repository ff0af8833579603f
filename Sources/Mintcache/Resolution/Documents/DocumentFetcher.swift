import EventLoops
import Tokens
import UpstreamFetching

/// What a token's URI led to.
enum FetchedDocument: Sendable {
    case document(MetadataDocument)
    case unusable(UnusableDocument)

    static func absent(_ reason: String) -> FetchedDocument { .unusable(.init(kind: .absent, reason: reason)) }
    static func malformed(_ reason: String) -> FetchedDocument { .unusable(.init(kind: .malformed, reason: reason)) }
    static func refused(_ reason: String) -> FetchedDocument { .unusable(.init(kind: .refused, reason: reason)) }
}

/// Fetches what a token URI names: content from the configured gateways in order, everything else from where it lies.
struct DocumentFetcher: Sendable {
    /// A place to ask, and how far to trust it.
    private struct Location {
        let url: String
        let trust: UpstreamRequest.Trust
        let fields: [UpstreamField]
        /// Whether the content may be elsewhere though this place does not have it.
        let isOneOfMany: Bool
    }

    let clients: UpstreamClients
    let gateways: Configuration.Gateways

    /// The document that a token's URI leads to.
    ///
    /// - Parameter text: the URI as the contract or a provider gave it.
    func document(
        at text: String, for inquiry: Inquiry, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        let uri = TokenURI(parsing: text, for: inquiry.reference.token)
        let deadline = inquiry.deadline
        switch uri {
        case .data(let mediaType, let bytes):
            return await read(bytes, contentType: mediaType, text)
                ?? .malformed("The token's URI carries an error message instead of a document.")
        case .unsupported(let reason):
            return .refused("The token's URI cannot be fetched: \(reason).")
        case .ipfs, .ipns:
            return try await fetch(gateways.ipfs.compactMap { location(uri, $0) }, text, deadline, &trace)
        case .arweave:
            return try await fetch(gateways.arweave.compactMap { location(uri, $0) }, text, deadline, &trace)
        case .arweaveName:
            return try await fetch(gateways.arweave.compactMap { strangersLocation(uri, $0) }, text, deadline, &trace)
        case .http(let url):
            let location = Location(url: url, trust: .untrusted, fields: [], isOneOfMany: false)
            return try await fetch([location], text, deadline, &trace)
        }
    }

    private func location(_ uri: TokenURI, _ gateway: Configuration.Endpoint) -> Location? {
        uri.url(ipfsGateway: gateway.url, arweaveGateway: gateway.url).map { url in
            Location(url: url, trust: .configured, fields: gateway.fields, isOneOfMany: true)
        }
    }

    /// A host below a gateway's that the URI chose: what the gateway is trusted with is not for it.
    private func strangersLocation(_ uri: TokenURI, _ gateway: Configuration.Endpoint) -> Location? {
        uri.url(ipfsGateway: gateway.url, arweaveGateway: gateway.url).map { url in
            Location(url: url, trust: .untrusted, fields: [], isOneOfMany: true)
        }
    }

    private func fetch(
        _ locations: [Location], _ text: String, _ deadline: MonotonicTime, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> FetchedDocument {
        var verdict: FetchedDocument?
        for location in locations {
            let start = MonotonicTime.current
            guard start < deadline else { break }
            var request = UpstreamRequest(location.url, trust: location.trust, fields: location.fields)
            request.timeout = deadline - start
            do throws(FetchFailure) {
                let client = location.trust == .configured ? clients.configured : clients.strangers
                let response = try await client.fetch(request)
                guard response.isSuccess else {
                    trace.note("document", location.url, status: response.status, since: start)
                    if !location.isOneOfMany, let gone = Self.verdict(onStatus: response.status) { return gone }
                    continue
                }
                let type = response.value(of: "content-type")
                guard let found = await read(response.body, contentType: type, text) else {
                    trace.note("document", location.url, status: 503, since: start)
                    continue
                }
                // One gateway's error page says nothing about the content.
                guard location.isOneOfMany, case .unusable = found else { return found }
                trace.note("document", location.url, "unusable", since: start)
                verdict = found
            } catch {
                trace.note("document", location.url, error, since: start)
                if let unusable = Self.verdict(on: error) { verdict = unusable }
            }
        }
        if let verdict { return verdict }
        throw trace.problem("No source could deliver the metadata document.")
    }

    /// nil when the host says in its answer that it cannot answer now.
    private func read(_ bytes: [UInt8], contentType: String?, _ text: String) async -> FetchedDocument? {
        guard LargeDocument.isLarge(bytes) else { return Self.reading(of: bytes, contentType, text) }
        return await Task.detached { Self.reading(of: bytes, contentType, text) }.value
    }

    private static func reading(of bytes: [UInt8], _ contentType: String?, _ text: String) -> FetchedDocument? {
        switch DocumentReading(body: bytes, contentType: contentType, uri: text) {
        case .document(let document):
            return .document(
                MetadataDocument(
                    bytes: document, contentType: contentType.map { String($0.prefix(128)) },
                    entityTag: EntityDigest.text(document)))
        case .synthesized(let document):
            return .document(
                MetadataDocument(
                    bytes: document, contentType: "application/json", entityTag: EntityDigest.text(document)))
        case .unusable(let failure):
            let reason = "The metadata cannot be used: \(failure.reason)."
            switch failure.kind {
            case .absent: return .absent(reason)
            case .refused: return .refused(reason)
            case .malformed: return .malformed(reason)
            case .retryable: return nil
            }
        }
    }

    private static func verdict(onStatus status: Int) -> FetchedDocument? {
        switch status {
        case 404, 410: .absent("The host of the metadata has no such document (status \(status)).")
        case 451: .refused("The host of the metadata withholds it for legal reasons (status 451).")
        case _: nil
        }
    }

    /// Failures that trying again will not mend.
    private static func verdict(on failure: FetchFailure) -> FetchedDocument? {
        switch failure.kind {
        case .refusedURL, .refusedAddress:
            .refused("The token's URI leads where this proxy does not go: \(failure.detail).")
        case .tooLarge:
            .malformed("The metadata document is larger than upstream.max_body allows.")
        case .tooManyRedirects:
            .refused("The host of the metadata redirects without end.")
        case .invalidRequest, .nameNotFound, .connect, .tls, .timeout, .truncated, .malformedResponse, .overloaded,
            .breakerOpen, .status, .cancelled, .closed:
            nil
        }
    }
}
