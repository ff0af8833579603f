import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import UpstreamFetching

/// Reads a request on a route: its URL, its key, and whether the cache may answer it.
struct RouteReading {
    let route: Route
    let url: ResourceURL
    let fields: HeaderFields
    let facts: RequestFacts
    let method: String

    /// - Parameter url: without the parameters that the route ignores.
    init(_ request: borrowing RequestHead, route: Route, url: ResourceURL) {
        self.route = route
        self.url = url
        method = String(decoding: request.methodBytes, as: UTF8.self)
        var lines: [FieldLine] = []
        lines.reserveCapacity(request.fieldCount)
        request.forEachField { name, value in
            lines.append(FieldLine(String(decoding: name, as: UTF8.self), Array(value)))
        }
        fields = HeaderFields(lines)
        facts = RequestFacts(fields)
    }

    /// Fields by which some frameworks take a request for another one. What they bring back must not become the answer
    /// for everybody.
    private static let disguises = [
        "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url",
    ]

    /// How the request is to be answered; a body that is part of the key is read first.
    var way: RouteRequest.Way {
        guard let caching = route.caching else { return .passed(.bypass) }
        guard method == "GET" || method == "HEAD" || caching.methods.contains(method) else { return .passed(.method) }
        return Self.disguises.contains { fields.contains($0) } ? .passed(.bypass) : .cached
    }

    /// The status with the key, where the route says so.
    func showing(_ status: CacheStatus) -> CacheStatus {
        guard route.caching?.exposesKey == true else { return status }
        var status = status
        status.key = Array("\(url.scheme)://".utf8) + url.authority + url.path + (url.query.map { [0x3F] + $0 } ?? [])
        return status
    }

    /// Whether a stored response has what is asked for: of a part, the range.
    func isAnswered(by response: CachedResponse) -> Bool {
        response.head.partial == nil
            || RangeAnswer(to: fields, from: response.head, bodyLength: response.body.count) != .missing
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

/// The keys of routes' answers. Every part has its length in front, so that no two requests can meet by choosing odd
/// names; the first octet keeps them apart from the keys of tokens.
enum RouteKey {
    static let tag = UInt8(ascii: "r")

    static func octets(
        route: Route, url: ResourceURL, fields: HeaderFields, method: String? = nil, body: [UInt8]? = nil
    ) -> [UInt8] {
        var key = [tag]
        append(Array(route.name.utf8), to: &key)
        append(url.key, to: &key)
        for name in route.caching?.keyFields ?? [] {
            key.append(fields.contains(name) ? 1 : 0)
            append(fields.combined(name) ?? [], to: &key)
        }
        if let method, let body {
            append(Array(method.utf8), to: &key)
            append(fields.combined("content-type") ?? [], to: &key)
            append(fields.combined("content-encoding") ?? [], to: &key)
            append(SHA256.hash(body), to: &key)
        }
        return key
    }

    private static func append(_ part: [UInt8], to key: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(clamping: part.count).littleEndian) { key += $0 }
        key += part
    }
}

extension RouteRequest {
    /// The key of another URL on the same route, for a request with the same key fields.
    func key(of url: ResourceURL) -> [UInt8] {
        RouteKey.octets(route: route, url: url, fields: fields)
    }
}
