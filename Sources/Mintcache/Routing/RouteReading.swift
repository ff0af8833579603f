import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Sessions
import UpstreamFetching

/// Reads a request on a route: its URL, its key, and whether the cache may answer it.
struct RouteReading {
    let route: Route
    let url: ResourceURL
    /// As the upstream gets them, but for what the route puts in place of the client's: a variant is told apart by what
    /// its origin saw.
    private(set) var fields: HeaderFields
    private(set) var facts: RequestFacts
    let method: String
    /// Whether the request may not be passed on (RFC 9110, section 7.6.2).
    let endsHere: Bool
    /// How the request is to be answered; a body that is part of the key is read first.
    let way: RouteRequest.Way
    /// What the upstream's spans belong to, if any.
    let trace: RequestTrace?

    /// - Parameters:
    ///   - url: without the parameters that the route ignores.
    ///   - client: as the upstream is told about it.
    ///   - trace: what the upstream's spans belong to; nil leaves what the client says.
    init(
        _ request: borrowing RequestHead, route: Route, url: ResourceURL, client: ForwardedClient, trace: RequestTrace?
    ) {
        self.route = route
        self.url = url
        self.trace = trace
        method = String(decoding: request.methodBytes, as: UTF8.self)
        var lines: [FieldLine] = []
        lines.reserveCapacity(request.fieldCount)
        request.forEachField { name, value in
            lines.append(FieldLine(String(decoding: name, as: UTF8.self), Array(value)))
        }
        var fields = HeaderFields(lines)
        endsHere = MaxForwards.count(method: method, in: &fields) == .answer
        facts = RequestFacts(fields)
        fields = ForwardedFields.request(fields, from: client)
        if let trace {
            fields.removeAll(named: "traceparent")
            fields.lines.append(FieldLine("traceparent", Array(trace.context.field.utf8)))
        }
        fields.lines.removeAll(where: RouteVisitor.isTaken)
        SessionCookie.removeAll(fromRequest: &fields)
        for line in route.requestFields {
            // Some origins take `X_Key` for `X-Key`.
            fields.lines.removeAll { $0.isNamed(line.name) || $0.hasAlias(of: line.name) }
        }
        self.fields = fields
        way = Self.way(of: method, fields, on: route)
    }

    /// What is read otherwise: a request that is answered from the cache when possible.
    init(route: Route, url: ResourceURL, fields: HeaderFields, facts: RequestFacts, method: String) {
        self.route = route
        self.url = url
        self.fields = fields
        self.facts = facts
        self.method = method
        endsHere = false
        way = .cached
        trace = nil
    }

    private static func way(of method: String, _ fields: HeaderFields, on route: Route) -> RouteRequest.Way {
        guard let caching = route.caching, !Disguise.isAmong(fields) else { return .passed(.bypass) }
        return method == "GET" || method == "HEAD" || caching.methods.contains(method) ? .cached : .passed(.method)
    }

    /// The same request by the wallet that a session names; by nobody for `nil`.
    func asked(by wallet: WalletAddress?) -> RouteReading {
        guard let wallet else { return self }
        var reading = self
        reading.fields.append(RouteVisitor.fieldName, wallet.lowercase)
        if route.caching?.sharesBetweenWallets == true { reading.facts.hasAuthorization = true }
        return reading
    }

    /// The status with the key, where the route says so.
    func showing(_ status: CacheStatus) -> CacheStatus {
        guard route.caching?.exposesKey == true else { return status }
        var status = status
        status.key = Array("\(url.scheme)://".utf8) + url.authority + url.path + (url.query.map { [0x3F] + $0 } ?? [])
        return status
    }

    /// Whether the body has to be known before the key is.
    var keysBody: Bool { method != "GET" && method != "HEAD" && way == .cached }

    /// What answers are stored under.
    ///
    /// - Parameter body: of a method whose body is part of the key.
    func key(body: [UInt8]? = nil) -> [UInt8] {
        RouteKey.octets(route: route, url: url, fields: fields, method: body == nil ? nil : method, body: body)
    }
}

extension RouteRequest {
    /// The key of another URL on the same route, for a request with the same key fields.
    func key(of url: ResourceURL) -> [UInt8] {
        RouteKey.octets(route: route, url: url, fields: fields)
    }
}

extension FieldLine {
    /// Whether some origins take this line for the field `name`.
    fileprivate func hasAlias(of name: String) -> Bool {
        self.name.contains("_") && foldedName == FieldLine(name, []).foldedName
    }
}
