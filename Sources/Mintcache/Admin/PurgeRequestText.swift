/// The body of `POST /admin/purge`, from the words of a command line.
public struct PurgeRequestText: Sendable {
    public let body: String

    public init(
        tokens: [String], chain: String?, contract: String?, route: String?, url: String?, prefix: String?,
        tag: String?, everything: Bool, soft: Bool
    ) {
        var members: [(String, JSONNode)] = []
        if !tokens.isEmpty { members.append(("tokens", .array(tokens.map { .string($0) }))) }
        let texts = [
            ("chain", chain), ("contract", contract), ("route", route), ("url", url), ("prefix", prefix), ("tag", tag),
        ]
        for (name, value) in texts {
            if let value { members.append((name, .string(value))) }
        }
        if everything { members.append(("everything", true)) }
        if soft { members.append(("soft", true)) }
        body = String(decoding: JSONNode.object(members).bytes, as: UTF8.self)
    }
}
