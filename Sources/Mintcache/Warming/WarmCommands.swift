import Tokens

/// The body of `POST /admin/warm`, from the words of a command line.
public struct WarmRequestText: Sendable {
    public var tokens: [String] = []
    public var chain: String?
    public var contract: String?
    public var from: String?
    public var to: String?
    public var isSupply = false
    public var isArchive = false
    public var concurrency: Int?
    public var rate: Int?
    public var isRefresh = false
    public var isDryRun = false

    public init() {}

    public var body: String {
        var members: [(String, JSONNode)] = []
        if !tokens.isEmpty { members.append(("tokens", .array(tokens.map { .string($0) }))) }
        for (name, value) in [("chain", chain), ("contract", contract), ("from", from), ("to", to)] {
            if let value { members.append((name, .string(value))) }
        }
        if isSupply { members.append(("supply", true)) }
        if isArchive { members.append(("archive", true)) }
        for (name, value) in numbers { members.append((name, .integer(value))) }
        for name in flags { members.append((name, true)) }
        return String(decoding: JSONNode.object(members).bytes, as: UTF8.self)
    }

    /// The options alone, as they stand in the query when the body is a list; with its question mark.
    public var query: String {
        let pairs = numbers.map { "\($0)=\($1)" } + flags.map { "\($0)=true" }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private var numbers: [(String, Int)] {
        [("concurrency", concurrency), ("rate", rate)].compactMap { name, value in value.map { (name, $0) } }
    }

    private var flags: [String] { (isRefresh ? ["refresh"] : []) + (isDryRun ? ["dry_run"] : []) }
}

/// A job's progress as `GET /admin/warm/{id}` tells it.
public struct WarmProgress: Sendable {
    public let identifier: String
    public let state: String
    public let selection: String
    /// Nil while it is not known.
    public let total: Int64?
    public let done: Int64
    public let fetched: Int64
    public let alreadyFresh: Int64
    public let skipped: Int64
    public let failed: Int64
    public let secondsLeft: Int64?
    public let note: String?
    /// Why tokens failed, the most frequent reason first, each with a token.
    public let failures: [(count: Int64, reason: String, example: String?)]
    /// Failed tokens that can be tried again.
    public let retryable: Int64
    /// Of a dry run: calls of upstreams and seconds.
    public let estimate: (calls: Int64, seconds: Int64)?

    public init(_ text: String) throws(StartupError) {
        self.init(try Self.root(text))
    }

    init(_ root: JSONValue) {
        func number(_ name: String) -> Int64 { root[name]?.integer ?? 0 }
        identifier = root["id"]?.string ?? ""
        state = root["state"]?.string ?? "unknown"
        selection = root["selection"]?.string ?? ""
        total = root["total"]?.integer
        done = number("done")
        fetched = number("fetched")
        alreadyFresh = number("already_fresh")
        skipped = number("skipped")
        failed = number("failed")
        secondsLeft = root["eta_seconds"]?.integer
        note = root["note"]?.string
        retryable = number("retryable")
        failures = (root["failures"]?.elements.map { $0 } ?? []).map { group in
            let example = group["examples"]?.elements.first { _ in true }
            return (
                group["count"]?.integer ?? 0, group["reason"]?.string ?? "unknown", example?["token"]?.string
            )
        }
        estimate = root["estimate"].flatMap { value in
            guard let calls = value["upstream_calls"]?.integer, let seconds = value["seconds"]?.integer else {
                return nil
            }
            return (calls, seconds)
        }
    }

    public static func identifier(in text: String) throws(StartupError) -> String {
        guard let identifier = try root(text)["id"]?.string else { throw StartupError("the answer names no job") }
        return identifier
    }

    /// The jobs of `GET /admin/warm`.
    public static func list(in text: String) throws(StartupError) -> [WarmProgress] {
        try root(text)["jobs"]?.elements.map { WarmProgress($0) } ?? []
    }

    public var isOver: Bool { state != "running" && state != "queued" }

    /// Whether it came to what it was to come to.
    public var isSuccess: Bool { state == "finished" && failed == 0 }

    /// One line for a terminal.
    public var bar: String {
        let width = 40
        let share = total.map { $0 > 0 ? min(max(Double(done) / Double($0), 0), 1) : 1 } ?? 0
        let filled = Int(Double(width) * share)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let left = secondsLeft.map { ", \($0) s left" } ?? ""
        return "[\(bar)] \(done)/\(total.map { String($0) } ?? "?"), \(failed) failed\(left)"
    }

    public var summary: String {
        var text = "\(state): \(done) of \(total.map { String($0) } ?? "?"), \(fetched) "
        text += estimate == nil ? "fetched" : "to fetch"
        text += ", \(alreadyFresh) already fresh"
        if skipped > 0 { text += ", \(skipped) skipped" }
        text += ", \(failed) failed"
        if let estimate { text += "; about \(estimate.calls) upstream calls and \(estimate.seconds) s" }
        if let note { text += "\n\(note)" }
        for failure in failures {
            text += "\n  \(failure.count) × \(failure.reason)"
            if let example = failure.example { text += " (\(example))" }
        }
        return text
    }

    /// Why it did not come to what it was to come to.
    public var complaint: String {
        guard failed > 0 else { return state == "cancelled" ? "the job was cancelled" : "the job failed" }
        let again = retryable > 0 ? "; mintcache warm --retry \(identifier) tries again" : ""
        return "\(failed) \(failed == 1 ? "token" : "tokens") failed\(again)"
    }

    private static func root(_ text: String) throws(StartupError) -> JSONValue {
        do throws(JSONError) {
            return try JSONDocument(validating: Array(text.utf8)).root
        } catch {
            throw StartupError("the admin API's answer is not JSON: \(error)")
        }
    }
}
