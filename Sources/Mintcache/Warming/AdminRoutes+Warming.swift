import HTTPServing
import Tokens

// Warm jobs in the admin API.
extension AdminRoutes {
    /// What `/admin/warm` and what is below it answer; nil when the answer has been sent.
    func answerWarming(
        _ method: RequestMethod, _ plain: String, _ exchange: Exchange, _ action: inout AdminAction?
    ) async throws(Problem) -> Response? {
        let (path, identifier) = Self.warmPattern(of: plain)
        switch (method, path) {
        case (.get, "/admin/warm"):
            return Self.json(try await warming.jobs.list())
        case (.post, "/admin/warm"):
            return try await startWarming(exchange, isRefresh: false, &action)
        case (.get, "/admin/warm/{id}"):
            return Self.json(try found(try await warming.jobs.report(of: identifier), identifier))
        case (.delete, "/admin/warm/{id}"):
            return Self.json(try found(try await warming.jobs.cancel(identifier), identifier))
        case (.get, "/admin/warm/{id}/events"):
            return try await warming.events.serve(exchange, of: identifier)
        case (.post, "/admin/warm/{id}/retry"):
            action?.subject = identifier
            return Self.accepted(try await warming.jobs.retry(identifier))
        case (_, "/admin/warm"):
            throw .methodNotAllowed("GET, POST")
        case (_, "/admin/warm/{id}"):
            throw .methodNotAllowed("GET, DELETE")
        case (_, "/admin/warm/{id}/events"):
            throw .methodNotAllowed("GET")
        case (_, "/admin/warm/{id}/retry"):
            throw .methodNotAllowed("POST")
        case _:
            throw Problem(404, "unknown-route", "Unknown route", detail: "The admin API has no \(plain.prefix(200)).")
        }
    }

    /// A path with the job's identifier taken out.
    private static func warmPattern(of path: String) -> (pattern: String, identifier: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 3, !parts[3].isEmpty else { return (path, "") }
        let identifier = parts[3]
        parts[3] = "{id}"
        return (parts.joined(separator: "/"), identifier)
    }

    func startWarming(
        _ exchange: Exchange, isRefresh: Bool, _ action: inout AdminAction?
    ) async throws(Problem) -> Response {
        let body = try await body(of: exchange)
        var request: WarmRequest
        if exchange.request.value(of: "content-type")?.lowercased().hasPrefix("application/x-ndjson") == true {
            request = try WarmRequest(lines: body, query: exchange.request.query, chains: chains())
        } else {
            // A dry run that was asked for there would be none.
            if exchange.request.query != nil {
                throw .invalidRequest("A JSON body has its options inside, not in the query.")
            }
            request = try WarmRequest(parsing: body, chains: chains())
        }
        if isRefresh { request.isRefresh = true }
        try request.check()
        action?.subject = request.summary + (request.isDryRun ? " (dry run)" : "")
        return Self.accepted(try await warming.jobs.start(request))
    }

    private static func accepted(_ identifier: String) -> Response {
        var response = json(JSONNode.object([("id", .string(identifier))]).bytes)
        response.status = 202
        response.fields.append(("Location", "/admin/warm/\(identifier)"))
        return response
    }

    private func found(_ report: WarmReport?, _ identifier: String) throws(Problem) -> [UInt8] {
        guard let report else { throw .unknownJob(identifier) }
        return report.node.bytes
    }
}
