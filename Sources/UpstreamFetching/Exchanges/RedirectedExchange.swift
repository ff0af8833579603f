import EventLoops
import HTTPCaching

extension UpstreamClient {
    /// As ``open(_:onInterim:)``, and on to where the answer leads, by the rules of ``fetch(_:)``: another origin than
    /// the first gets only harmless fields and is trusted with public addresses only.
    ///
    /// - Parameter redirects: how many are followed, of GET and HEAD; one more is a failure. The request's time is for
    ///   all of them.
    public func open(
        _ request: ExchangeRequest, following redirects: Int
    ) async throws(FetchFailure) -> UpstreamExchange {
        let deadline = loop.now + request.timeout
        var request = request
        for _ in 0...max(redirects, 0) {
            request.timeout = deadline - loop.now
            let exchange = try await open(request)
            guard let next = try request.following(exchange.head) else { return exchange }
            exchange.cancel()
            tally.redirects += 1
            request = next
        }
        let authority = try request.destination.url.authority
        throw counting(FetchFailure(.tooManyRedirects, authority, "more than \(redirects) redirects"))
    }
}

extension ExchangeRequest {
    /// The request that the answer leads to; `nil` when it is the answer.
    func following(_ head: ExchangeHead) throws(FetchFailure) -> ExchangeRequest? {
        guard case .none = body, let method = UpstreamRequest.Method(rawValue: method),
            (300..<400).contains(head.status)
        else { return nil }
        let url = try UpstreamURL(parsing: origin + String(decoding: target, as: UTF8.self))
        let hop = Hop(url, trust, method, fields: fields.asUpstreamFields)
        let response = UpstreamResponse(
            status: head.status, fields: head.fields.asUpstreamFields, body: [], effectiveURL: "", peer: nil,
            timings: UpstreamTimings())
        guard let next = try hop.following(response) else { return nil }
        let kept = Set(next.fields.map { $0.name.lowercased() })
        var request = self
        request.origin = next.url.origin
        request.target = next.url.target
        request.trust = next.trust
        request.fields = HeaderFields(
            fields.lines.filter { kept.contains($0.name.lowercased()) && !$0.isNamed("host") })
        return request
    }
}

extension Hop {
    fileprivate init(
        _ url: UpstreamURL, _ trust: UpstreamRequest.Trust, _ method: UpstreamRequest.Method, fields: [UpstreamField]
    ) {
        self.url = url
        self.trust = trust
        self.method = method
        self.fields = fields
        body = []
    }
}

extension HeaderFields {
    fileprivate var asUpstreamFields: [UpstreamField] {
        lines.map { UpstreamField($0.name.lowercased(), String(decoding: $0.value, as: UTF8.self)) }
    }
}

extension UpstreamURL {
    /// Where the path begins.
    private var pathStart: String.Index {
        let authority = text.firstRange(of: "://").map(\.upperBound) ?? text.startIndex
        return text[authority...].firstIndex(of: "/") ?? text.endIndex
    }

    /// Scheme and authority.
    fileprivate var origin: String { String(text[..<pathStart]) }

    /// Path and query.
    fileprivate var target: [UInt8] { Array(text[pathStart...].utf8) }
}
