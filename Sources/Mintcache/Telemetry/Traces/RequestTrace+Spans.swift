import EventLoops
import HTTPCaching
import HTTPServing

extension RequestTrace {
    /// Keeps the span of a request that has been answered.
    func finish(
        _ request: borrowing RequestHead, _ outcome: AccessLog.Outcome, from start: MonotonicTime,
        to end: MonotonicTime
    ) {
        let method = String(decoding: request.methodBytes, as: UTF8.self)
        let path = KeyInPath.masked(String(decoding: request.path.prefix(512), as: UTF8.self))
        var attributes: [(name: String, value: JSONNode)] = [
            ("http.request.method", .string(method)), ("url.path", .string(path)),
            ("http.response.status_code", .integer(outcome.status)),
            ("http.response.body.size", .integer(outcome.bytes)), ("mintcache.tier", .string(outcome.tier.label)),
            ("mintcache.upstream_requests", .integer(outcome.upstreamRequests)),
        ]
        if let cache = outcome.cache { attributes.append(("mintcache.cache_status", .string(cache.text))) }
        tracer.add([
            Span(
                context: context, parent: parent, name: "\(method) \(AnswerRoute(request.path).label)", kind: .server,
                start: tracer.wall(start), end: tracer.wall(end), attributes: attributes,
                isFailure: outcome.status >= 500)
        ])
    }

    /// Keeps the spans of a flight that this request began: its own, and those of what it asked for.
    func finish(_ log: FlightLog, named name: String, _ attributes: [(name: String, value: JSONNode)]) {
        var flight = span(of: name, .internal, log.start, .current)
        flight.attributes = attributes
        let steps = log.steps?.steps.steps ?? []
        tracer.add([flight] + steps.compactMap { span(of: $0, in: flight.context) })
    }

    private func span(
        of name: String, _ kind: Span.Kind, _ start: MonotonicTime, _ end: MonotonicTime
    ) -> Span {
        Span(
            context: context.with(span: .random(in: 1 ... .max)), parent: context.span, name: name, kind: kind,
            start: tracer.wall(start), end: tracer.wall(end))
    }

    /// `nil` for steps that only decide something.
    private func span(of step: ResolutionStep, in flight: TraceContext) -> Span? {
        let kind: Span.Kind
        switch step.kind {
        case .source: kind = .internal
        case .rpc, .document, .provider: kind = .client
        case .calls, .tokenURI, .locate, .read: return nil
        }
        var span = span(of: step.kind.rawValue, kind, step.start, step.start + step.duration)
        span.parent = flight.span
        span.attributes =
            [("mintcache.source", .string(step.source)), ("mintcache.outcome", .string(step.outcome))]
            + step.details.compactMap { detail in
                switch detail.name {
                case "host": ("server.address", detail.value)
                case "status": ("http.response.status_code", detail.value)
                case "request_bytes": ("http.request.body.size", detail.value)
                case "response_bytes": ("http.response.body.size", detail.value)
                case _: nil
                }
            }
        return span
    }
}
