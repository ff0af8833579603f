import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// Requests for content by its address. Nothing of a client's goes further but the address, and the range that it wants.
extension PublicHandler {
    /// `nil` when the path is not one of content that is served here.
    func handleContent(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling? {
        guard let route = rules.content.route(for: request.path) else { return nil }
        let methods = "GET, HEAD, OPTIONS"
        guard request.method == .get || request.method == .head else {
            if request.method == .options { return preflight(request, allowing: methods, &writer) }
            return refuse(.methodNotAllowed(methods), request, number, &writer)
        }
        guard request.query == nil else {
            return refuse(.invalidRequest("Content takes no query parameters."), request, number, &writer)
        }
        let uri: TokenURI
        do throws(GatewayPath.Fault) {
            uri = try GatewayPath.uri(of: request.path)
        } catch {
            return refuse(.invalidRequest(error.reason), request, number, &writer)
        }
        let wish = ContentWish(uri: uri, range: nil, stored: nil)
        if let tag = wish.entityTag, request.hasCopy(named: tag) {
            return answerUnchanged(wish, tag, request, number, &writer)
        }
        let isCacheOnly = request.demandsCached || rules.appliedWait(of: request) == 0
        guard let reading = RouteReading(wish, request, on: route, isCacheOnly: isCacheOnly) else {
            return refuse(.invalidRequest("The path names no content."), request, number, &writer)
        }
        let key = reading.key()
        if answerFromMemory(reading, key, request, number, &writer) { return .answered }
        let patience = isCacheOnly ? rules.requestTimeout : rules.patience(of: request)
        return .deferred { [self] exchange in
            answerLater(exchange, reading, key, body: ClientBody([]), number, patience: patience)
        }
    }

    /// A client that names content that cannot change by its address has it, whatever is held here.
    private func answerUnchanged(
        _ wish: ContentWish, _ tag: String, _ request: borrowing RequestHead, _ number: UInt64,
        _ writer: inout ResponseWriter
    ) -> Handling {
        var fields = ContentHead.addressFields(wish)
        fields.append("Cache-Control", ContentRules.immutable)
        fields.append("ETag", tag)
        let status = CacheStatus(.hit)
        writer.writeStatus(304)
        fields.encoded.withUnsafeBytes { writer.write($0) }
        RouteHeadFields(rules: rules, requestNumber: number).write(status, besides: [], request, &writer)
        writer.finishHead(contentLength: nil)
        shared.metrics.routes.count(status)
        note(request, number, 304, 0, status, since: loop.now)
        return .answered
    }
}

extension RequestHead {
    /// Whether `If-None-Match` names a tag. Not by `*`: that asks whether there is anything at all.
    fileprivate func hasCopy(named tag: String) -> Bool {
        var found = false
        forEachValue(of: .ifNoneMatch) { field in
            let isNamed = Array(tag.utf8).withUnsafeBytes { EntityTag.list(field, contains: $0, comparing: .weak) }
            if isNamed, field.first != UInt8(ascii: "*") { found = true }
        }
        return found
    }
}

extension RouteReading {
    /// What is kept of a client's request for content. HEAD is answered like GET: what comes is the same, and is kept.
    ///
    /// - Parameter isCacheOnly: whether the client takes only what is held.
    fileprivate init?(
        _ wish: ContentWish, _ request: borrowing RequestHead, on route: Route, isCacheOnly: Bool
    ) {
        // The address is the key, whatever host it was asked of.
        let target = Array(wish.path.utf8)
        guard let url = ResourceURL(scheme: "https", authority: Array("content".utf8), target: target) else {
            return nil
        }
        let directives = isCacheOnly ? [FieldLine("Cache-Control", "only-if-cached")] : []
        self.init(
            route: route, url: url, fields: HeaderFields(Self.range(wish, request)),
            facts: RequestFacts(HeaderFields(directives)), method: "GET")
    }

    /// The range that is asked for upstream: one, of what is not the beginning of all. A client that wants everything
    /// gets everything, which can be kept.
    private static func range(_ wish: ContentWish, _ request: borrowing RequestHead) -> [FieldLine] {
        guard request.method == .get, let field = request[.range], !request.isRepeated(.range), isSingle(field) else {
            return []
        }
        if let condition = request[.ifRange] {
            guard let tag = wish.entityTag, condition.elementsEqual(tag.utf8) else { return [] }
        }
        return [FieldLine("Range", Array(field))]
    }

    private static func isSingle(_ field: UnsafeRawBufferPointer) -> Bool {
        let text = String(decoding: field.prefix(64), as: UTF8.self)
        guard field.count <= 64, text.hasPrefix("bytes="), text != "bytes=0-" else { return false }
        let bounds = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }) else { return false }
        guard let first = Int(bounds[0]) else { return bounds[0].isEmpty && !bounds[1].isEmpty }
        return bounds[1].isEmpty || Int(bounds[1]).map { $0 >= first } ?? false
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
