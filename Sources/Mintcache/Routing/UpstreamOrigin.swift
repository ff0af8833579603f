import EventLoops
import HTTPCaching
import UpstreamFetching

/// The upstream of a configured route: gets the clients' requests, and gives what is passed on as it is.
struct UpstreamOrigin: AnswerOrigin {
    /// The upstream's `Host`: the port only where it is not the scheme's own.
    let authority: String
    /// Scheme and authority, as in `https://api.example:8443`.
    let origin: String
    /// What the upstream's paths begin with, as it was given.
    let basePath: [UInt8]
    /// What the paths of requests begin with instead, ending with `/`.
    let prefix: [UInt8]
    /// Added to a client's fields, or put in place of those with the same name. Secret.
    let requestFields: [FieldLine]
    let preservesHost: Bool

    init(_ route: Configuration.Route) {
        authority = route.upstream.authority
        origin = route.upstream.origin
        basePath = route.upstream.path
        prefix = Array(route.path.utf8)
        requestFields = route.requestHeaders.map { FieldLine($0.name, $0.value) }
        preservesHost = route.preservesHost
    }

    func open(_ question: OriginQuestion, by client: UpstreamClient) async throws(FetchFailure) -> IncomingAnswer {
        let request = question.request
        let exchange = try await client.open(exchange(for: question)) { status, fields in
            request.onInterim(status, ForwardedFields.interim(fields))
        }
        let head = exchange.head
        var fields = ForwardedFields.response(
            head.fields, protocolVersion: head.protocolVersion, now: question.time.now / 1000)
        SessionCookie.removeAll(fromResponse: &fields)
        return IncomingAnswer(
            status: head.status, fields: fields, contentLength: head.contentLength, rules: request.route.rules,
            body: exchange)
    }

    /// The path and query to ask for: the base path and what follows the route's prefix.
    ///
    /// - Parameter target: path and query of a request that ``RouteTable/route(for:)`` gave to this route.
    func target(for target: some Collection<UInt8>) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        if path.elementsEqual(CollectionOfOne(UInt8(ascii: "*"))) { return Array(path) }
        let rest = path.dropFirst(prefix.count)
        var result: [UInt8] = []
        result.reserveCapacity(basePath.count + target.count)
        result += basePath
        if !rest.isEmpty, result.last != slash { result.append(slash) }
        result += rest
        result += target[path.endIndex...]
        return result
    }

    // MARK: The request

    private func exchange(for question: OriginQuestion) -> ExchangeRequest {
        let request = question.request
        return ExchangeRequest(
            method: request.method, origin: origin, target: target(for: request.url.target),
            fields: fields(for: question), body: request.body, trust: .configured, timeout: request.route.timeout,
            idleTimeout: request.route.idleTimeout, isRepeatable: question.mayBeSentAgain)
    }

    private static let conditions = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since"]

    private func fields(for question: OriginQuestion) -> HeaderFields {
        var fields = sentOn(question.request)
        // The client of the next connection writes these itself.
        for name in ["host", "content-length", "expect"] { fields.removeAll(named: name) }
        let host = preservesHost ? question.request.url.authority : Array(authority.utf8)
        fields.lines.insert(FieldLine("Host", host), at: 0)
        if let stored = question.stored {
            for name in Self.conditions { fields.removeAll(named: name) }
            fields.removeAll(named: "range")
            fields.removeAll(named: "if-range")
            fields.lines += Validation.conditionalFields(for: stored)
        } else if !question.keepsConditions {
            for name in Self.conditions { fields.removeAll(named: name) }
        }
        for line in requestFields {
            // Configured as empty, a field is taken out.
            if line.value.isEmpty { fields.removeAll(named: line.name) } else { fields.set(line.name, line.value) }
        }
        return fields
    }

    /// In override mode answers are everybody's whatever the origin says, so it must not see anything of a client that
    /// is not in the key.
    private func sentOn(_ request: RouteRequest) -> HeaderFields {
        guard request.way == .cached, case .override = request.route.rules.mode, let caching = request.route.caching
        else { return request.fields }
        var names = caching.keyFields + caching.varyFields + ["via", "x-forwarded-proto", "x-forwarded-host"]
        if case .bytes = request.body { names += ["content-type", "content-encoding"] }
        return HeaderFields(request.fields.lines.filter { line in names.contains { line.isNamed($0) } })
    }
}
