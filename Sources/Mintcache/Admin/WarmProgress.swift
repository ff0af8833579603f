import Tokens

/// The body of `POST /admin/warm`, from the words of a command line.
public struct WarmRequestText: Sendable {
    public let body: String

    public init(
        tokens: [String], chain: String?, contract: String?, from: String?, to: String?, concurrency: Int?, rate: Int?,
        refresh: Bool
    ) {
        var members: [(String, JSONNode)] = []
        if !tokens.isEmpty { members.append(("tokens", .array(tokens.map { .string($0) }))) }
        for (name, value) in [("chain", chain), ("contract", contract), ("from", from), ("to", to)] {
            if let value { members.append((name, .string(value))) }
        }
        if let concurrency { members.append(("concurrency", .integer(concurrency))) }
        if let rate { members.append(("rate", .integer(rate))) }
        if refresh { members.append(("refresh", true)) }
        body = String(decoding: JSONNode.object(members).bytes, as: UTF8.self)
    }
}

/// A job's progress as `GET /admin/warm/{id}` tells it.
public struct WarmProgress: Sendable {
    public let state: String
    public let total: Int64
    public let done: Int64
    public let fetched: Int64
    public let alreadyFresh: Int64
    public let failed: Int64

    public init(_ text: String) throws(StartupError) {
        let root = try Self.root(text)
        func number(_ name: String) -> Int64 { root[name]?.integer ?? 0 }
        state = root["state"]?.string ?? "unknown"
        total = number("total")
        done = number("done")
        fetched = number("fetched")
        alreadyFresh = number("already_fresh")
        failed = number("failed")
    }

    public static func identifier(in text: String) throws(StartupError) -> String {
        guard let identifier = try root(text)["id"]?.string else { throw StartupError("the answer names no job") }
        return identifier
    }

    public var isOver: Bool { state != "running" }

    /// One line for a terminal.
    public var bar: String {
        let width = 40
        let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 1
        let filled = Int(Double(width) * share)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "[\(bar)] \(done)/\(total), \(failed) failed"
    }

    public var summary: String {
        "\(state): \(done) of \(total), \(fetched) fetched, \(alreadyFresh) already fresh, \(failed) failed"
    }

    private static func root(_ text: String) throws(StartupError) -> JSONValue {
        do throws(JSONError) {
            return try JSONDocument(validating: Array(text.utf8)).root
        } catch {
            throw StartupError("the admin API's answer is not JSON: \(error)")
        }
    }
}
