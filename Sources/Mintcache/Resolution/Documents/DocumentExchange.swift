import EventLoops
import Tokens
import UpstreamFetching

/// Asks one place for a document, and says what its answer means.
struct DocumentExchange: Sendable {
    let clients: UpstreamClients
    /// Of a document, with all codings undone.
    let maximumBytes: Int

    /// - Parameters:
    ///   - conditions: what is held; the place may answer that nothing has changed.
    ///   - retries: further attempts after a failure that may pass; nil for as many as is usual.
    func ask(
        _ place: ContentPlace, unlessAs conditions: SourceValidators, by deadline: MonotonicTime, retries: Int?
    ) async -> PlaceReply {
        let start = MonotonicTime.current
        var request = UpstreamRequest(place.url, trust: place.trust, fields: place.fields + conditions.fields)
        request.timeout = max(.zero, deadline - start)
        request.retries = retries
        request.maximumBodyBytes = maximumBytes
        do throws(FetchFailure) {
            let client = place.trust == .configured ? clients.configured : clients.strangers
            let response = try await client.fetch(request, as: .document)
            // A host that takes the conditions for those of a change.
            if response.status == 412, conditions != .none {
                return await ask(place, unlessAs: .none, by: deadline, retries: retries)
            }
            return await reply(response, from: place, isConditional: conditions != .none)
        } catch {
            return Self.reply(error, from: place, lasted: .current - start)
        }
    }

    private func reply(
        _ response: UpstreamResponse, from place: ContentPlace, isConditional: Bool
    ) async -> PlaceReply {
        let status = PlaceReply.Note.status(response.status)
        switch StatusMeaning(response.status, isGateway: place.gateway != nil) {
        case .body:
            return await read(response, from: place)
        case .notModified where isConditional:
            return PlaceReply(.found(.notModified(response.validators)))
        case .redirect where place.gateway == nil:
            guard let content = response.contentElsewhere else { return PlaceReply(.nothing(.status), status) }
            return PlaceReply(.found(.elsewhere(content)))
        case .notModified, .redirect:
            return PlaceReply(.nothing(.status), status)
        case .unusable(let unusable):
            return PlaceReply(.unusable(unusable), status)
        case .fault(let fault):
            return PlaceReply(.nothing(fault), status)
        }
    }

    private func read(_ response: UpstreamResponse, from place: ContentPlace) async -> PlaceReply {
        let limit = maximumBytes
        let start = MonotonicTime.current
        let make = { @Sendable in
            BodyReading(
                response.body, contentType: response.value(of: "content-type"), validators: response.validators,
                uri: place.url, identifier: place.identifier, limit: limit)
        }
        let isLarge = LargeDocument.isLarge(response.body)
        let reading = isLarge ? await Task.detached(operation: make).value : make()
        StepLog.current?.note(reading, of: response, from: place, since: start)
        switch reading {
        case .found(let finding):
            return PlaceReply(.found(finding))
        case .unusable(let unusable):
            return PlaceReply(.unusable(unusable), .label("unusable", isRetryable: false))
        case .busy:
            return PlaceReply(.nothing(.serverError), .label("error-message", isRetryable: true))
        case .mismatch:
            return PlaceReply(.nothing(.mismatch), .label("mismatch", isRetryable: true))
        }
    }

    private static func reply(_ failure: FetchFailure, from place: ContentPlace, lasted: Duration) -> PlaceReply {
        let note = PlaceReply.Note.failure(failure)
        if failure.kind == .tooLarge { return PlaceReply(.unusable(.tooLarge), note) }
        // Only a host that the token's URI names can lead us astray for good; of a gateway it is a fault.
        if place.gateway == nil, let unusable = verdict(on: failure) { return PlaceReply(.unusable(unusable), note) }
        return PlaceReply(.nothing(GatewayFault(failure, lasted: lasted)), note)
    }

    /// Failures that trying again will not mend.
    private static func verdict(on failure: FetchFailure) -> UnusableDocument? {
        switch failure.kind {
        case .refusedURL, .refusedAddress:
            UnusableDocument(
                kind: .refused, reason: "The token's URI leads where this proxy does not go: \(failure.detail).")
        case .tooManyRedirects:
            UnusableDocument(kind: .refused, reason: "The host of the metadata redirects without end.")
        case _:
            nil
        }
    }
}

extension SourceValidators {
    /// The conditions of a request for something else than what these name.
    fileprivate var fields: [UpstreamField] {
        let tag = entityTag.map { UpstreamField("If-None-Match", $0) }
        let date = lastModified.map { UpstreamField("If-Modified-Since", $0) }
        return [tag, date].compactMap { $0 }
    }
}

extension UpstreamResponse {
    fileprivate var validators: SourceValidators {
        SourceValidators(entityTag: value(of: "etag"), lastModified: value(of: "last-modified"))
    }

    /// The content that a redirect names in place of a URL.
    fileprivate var contentElsewhere: TokenURI? {
        switch value(of: "location").map({ TokenURI(parsing: $0) }) {
        case .some(let content) where content.isContent: content
        case _: nil
        }
    }
}

extension TokenURI {
    /// Whether gateways serve it.
    var isContent: Bool {
        switch self {
        case .ipfs, .ipns, .arweave, .arweaveName: true
        case .http, .data, .unsupported: false
        }
    }
}
