/// One step of a request on its way through redirects.
struct Hop {
    let url: UpstreamURL
    let trust: UpstreamRequest.Trust
    let method: UpstreamRequest.Method
    let fields: [UpstreamField]
    let body: [UInt8]

    var destination: Destination { Destination(url: url, trust: trust) }

    init(_ request: UpstreamRequest) throws(FetchFailure) {
        url = try UpstreamURL(parsing: request.url)
        trust = request.trust
        method = request.method
        fields = request.fields
        body = request.body
    }

    private init(_ url: UpstreamURL, _ trust: UpstreamRequest.Trust, _ hop: Hop, _ fields: [UpstreamField]) {
        self.url = url
        self.trust = trust
        method = hop.method
        self.fields = fields
        body = []
    }

    /// Fields that may go to a stranger. All others stay behind, because any of them may be a credential.
    private static let harmless: Set<String> = [
        "accept", "accept-language", "if-none-match", "if-modified-since", "if-range", "range",
    ]

    /// Names of content rather than of places: where it is fetched is for the caller to say.
    private static let contentSchemes = ["ipfs:", "ipns:", "ar:"]

    /// The next hop when `response` redirects; `nil` when it is the answer, as is a redirect to content.
    ///
    /// Whoever writes a redirect chooses where it goes, so it is trusted only as far as the origin it came from.
    func following(_ response: UpstreamResponse) throws(FetchFailure) -> Hop? {
        guard method == .get || method == .head, body.isEmpty else { return nil }
        guard [301, 302, 303, 307, 308].contains(response.status) else { return nil }
        let locations = response.fields.filter { $0.name == "location" }
        guard let location = locations.first else { return nil }
        guard locations.count == 1 else {
            throw FetchFailure(.malformedResponse, url.authority, "there is more than one Location")
        }
        let scheme = location.value.prefix { $0 != ":" }.lowercased() + ":"
        if Self.contentSchemes.contains(scheme) { return nil }
        let target = try url.resolving(location.value)
        if target.hasSameOrigin(as: url) { return Hop(target, trust, self, fields) }
        guard !(url.scheme == .https && target.scheme == .http) else {
            throw FetchFailure(.refusedURL, target.authority, "a redirect leads from https to http")
        }
        return Hop(target, .untrusted, self, fields.filter { Self.harmless.contains($0.name.lowercased()) })
    }
}
