import EventLoops
import UpstreamFetching

extension UpstreamClient {
    /// Fetches for this flight, and takes down how that went for those who want to know.
    nonisolated func fetch(
        _ request: UpstreamRequest, as kind: ResolutionStep.Kind
    ) async throws(FetchFailure) -> UpstreamResponse {
        try await fetch(request, as: kind, for: FlightLog.current.map { [$0] } ?? [])
    }

    /// The same for several flights at once.
    nonisolated func fetch(
        _ request: UpstreamRequest, as kind: ResolutionStep.Kind, for flights: [FlightLog]
    ) async throws(FetchFailure) -> UpstreamResponse {
        for flight in flights { flight.countRequest() }
        let logs = flights.compactMap(\.steps)
        guard !logs.isEmpty else { return try await fetch(request) }
        let start = MonotonicTime.current
        do throws(FetchFailure) {
            let response = try await fetch(request)
            for log in logs { log.note(kind, response, to: request, since: start) }
            return response
        } catch {
            for log in logs { log.note(kind, error, of: request, since: start) }
            throw error
        }
    }
}

extension StepLog {
    fileprivate func note(
        _ kind: ResolutionStep.Kind, _ response: UpstreamResponse, to request: UpstreamRequest,
        since start: MonotonicTime
    ) {
        let host = ResolutionTrace.host(of: request.url)
        let lastHost = ResolutionTrace.host(of: response.effectiveURL)
        let timings = response.timings
        var details: [(name: String, value: JSONNode)] = [("host", .string(host))]
        if lastHost != host { details.append(("last_host", .string(lastHost))) }
        details += [
            ("address", JSONNode(response.peer?.description)),
            ("address_guard", .string(Self.passage(to: response.peer, request.trust))),
            ("status", .integer(response.status)), ("content_type", JSONNode(response.value(of: "content-type"))),
            ("request_bytes", .integer(request.body.count)), ("response_bytes", .integer(response.body.count)),
            ("attempts", .integer(timings.attempts)), ("redirects", .integer(timings.redirects)),
            ("open_connection", .boolean(timings.usedOpenConnection)),
            ("waiting_ms", .milliseconds(timings.waiting)), ("connecting_ms", .milliseconds(timings.connecting)),
            ("first_byte_ms", .milliseconds(timings.firstByte)), ("transfer_ms", .milliseconds(timings.transfer)),
        ]
        note(kind, since: start, "status-\(response.status)", details)
    }

    fileprivate func note(
        _ kind: ResolutionStep.Kind, _ failure: FetchFailure, of request: UpstreamRequest, since start: MonotonicTime
    ) {
        var details: [(name: String, value: JSONNode)] = [("host", .string(ResolutionTrace.host(of: request.url)))]
        if !failure.origin.isEmpty, failure.origin != ResolutionTrace.host(of: request.url) {
            details.append(("last_host", .string(failure.origin)))
        }
        switch failure.kind {
        case .refusedURL, .refusedAddress: details.append(("address_guard", .string("refused: \(failure.detail)")))
        case _: details.append(("reason", .string(failure.detail)))
        }
        details += [
            ("request_bytes", .integer(request.body.count)), ("retryable", .boolean(failure.isRetryable)),
        ]
        note(kind, since: start, failure.label, details)
    }

    /// Why the guard let a request through.
    private static func passage(to peer: SocketAddress?, _ trust: UpstreamRequest.Trust) -> String {
        guard let peer else { return "unknown" }
        let scope =
            switch AddressScope(peer) {
            case .global: "public"
            case .special(let range): range.rawValue
            }
        switch (trust, AddressScope(peer)) {
        case (.configured, _): return "not asked: the configuration names the host (\(scope))"
        case (.untrusted, .global): return "passed: public"
        case (.untrusted, .special): return "passed: \(scope), which the configuration allows"
        }
    }
}

extension JSONNode {
    /// Milliseconds with three places.
    static func milliseconds(_ duration: Duration) -> JSONNode {
        .number(Double(duration.inNanoseconds / 1000) / 1000)
    }
}
