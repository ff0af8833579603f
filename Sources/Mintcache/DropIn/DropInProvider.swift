import HTTPServing

/// Whose API a path imitates.
enum DropInProvider: Sendable {
    case alchemy, openSea

    /// What every path of theirs begins with.
    var prefix: StaticString {
        switch self {
        case .alchemy: "/alchemy/"
        case .openSea: "/opensea/"
        }
    }

    /// What `Allow` says of a path of theirs; of one that is not served what any of them may have.
    func methods(of path: String) -> String {
        let methods: String? =
            switch self {
            case .alchemy: AlchemyPath(path)?.call?.allowed
            case .openSea: OpenSeaPath(path)?.allowed
            }
        return methods ?? "GET, HEAD, POST, OPTIONS"
    }

    /// A refusal as the provider words it.
    func response(_ refusal: DropInRefusal) -> Response {
        let document: JSONNode =
            switch self {
            case .alchemy: .object([("error", .object([("message", .string(refusal.message))]))])
            case .openSea: .object([("errors", .array([.string(refusal.message)]))])
            }
        var response = Response.json(refusal.status, document.bytes)
        if let allowed = refusal.allowed { response.fields.append(("Allow", allowed)) }
        if let seconds = refusal.retryAfter { response.fields.append(("Retry-After", String(seconds))) }
        return response
    }
}

/// Why a request on a drop-in path is not answered as it wished.
struct DropInRefusal: Error, Sendable, Equatable {
    var status: Int
    var message: String
    /// The methods of the path, for 405.
    var allowed: String?
    /// Seconds.
    var retryAfter: Int?

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ problem: Problem) {
        self.init(problem.status, problem.detail)
        allowed = problem.allowed
        retryAfter = problem.retryAfter
    }

    static func method(allowed: String) -> DropInRefusal { DropInRefusal(.methodNotAllowed(allowed)) }
}

extension Response {
    /// JSON that no cache keeps.
    static func json(_ status: Int, _ body: [UInt8]) -> Response {
        Response(
            status: status,
            fields: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            body: body)
    }
}
