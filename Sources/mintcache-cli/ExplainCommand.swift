import ArgumentParser
import Mintcache
import Tokens

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Resolve a token now, past the caches, and show every step.",
        discussion: "Exits with 1 when the token's metadata could not be had.")

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var token: TokenArgument
    @Flag(help: "Print the answer as JSON.") var json = false

    func run() async throws {
        let admin = try AdminConnection(file)
        let text = try await admin.get("/admin/explain/\(try token.path)", within: .seconds(120))
        let root = try AdminConnection.root(of: text)
        print(json ? text : ExplanationText(root).text)
        guard root["outcome"]?.string == "document" else {
            let reason = root["reason"]?.string ?? root["problem"]?["detail"]?.string ?? "no document"
            throw CommandFailure(code: 1, description: "mintcache: \(Outline.printable(reason))")
        }
    }
}

/// An explanation as people read it: what came of it, how long it lasts, and a line for each step.
struct ExplanationText {
    private static let width = 100
    private static let head: Set<String> = ["step", "source", "at_ms", "duration_ms", "outcome"]

    let text: String

    init(_ root: JSONValue) {
        let plain = { (value: JSONValue?) in value.map(Self.inline) ?? "-" }
        var lines = [
            "\(plain(root["chain"])) \(plain(root["contract"])) \(plain(root["token_id"])): "
                + "\(plain(root["outcome"])) from \(plain(root["source"])) in \(plain(root["duration_ms"])) ms"
        ]
        for name in ["reason", "standard", "token_uri", "content_type", "bytes", "etag"] {
            if let value = root[name] { lines.append("  \(name.padded(to: 12)) \(Self.inline(value))") }
        }
        if let ttl = root["ttl"], ttl.kind == .object {
            lines.append("  \("ttl".padded(to: 12)) \(Self.line(of: ttl))")
        }
        lines.append("   at ms  took ms  step       outcome")
        for step in root["steps"].map({ Array($0.elements) }) ?? [] { lines += Self.lines(of: step) }
        text = lines.joined(separator: "\n")
    }

    private static func line(of ttl: JSONValue) -> String {
        let part = { (name: String) in inline(ttl[name]) }
        let isGrown = part("grown_seconds") != part("base_seconds")
        let growth = isGrown ? ", grown to \(part("grown_seconds")) s by \(part("repetitions")) in a row" : ""
        return "\(part("ttl_seconds")) s: \(part("class")) \(part("base_seconds")) s\(growth), "
            + "jitter \(part("jitter_seconds")) s; fresh until \(part("fresh_until"))"
    }

    private static func lines(of step: JSONValue) -> [String] {
        let name = step["step"]?.string ?? "-"
        let title = name == "source" ? "source \(step["source"]?.string ?? "-")" : "  \(name)"
        let times = ["at_ms", "duration_ms"].map { inline(step[$0]).leftPadded(to: 8) }
        let details = step.members.filter { !head.contains($0.name) && $0.value.kind != .null }
            .map { "\($0.name) \(inline($0.value))" }
        let margin = String(repeating: " ", count: 20)
        return ["\(times[0]) \(times[1])  \(title.padded(to: 16)) \(inline(step["outcome"]))"]
            + wrapped(details).map { margin + $0 }
    }

    /// Parts of a list in as few lines as they fit in.
    private static func wrapped(_ parts: [String]) -> [String] {
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            let text = index + 1 < parts.count ? part + "," : part
            if let last = lines.last, last.count + 1 + text.count <= width {
                lines[lines.count - 1] = last + " " + text
            } else {
                lines.append(text)
            }
        }
        return lines
    }

    /// Any value on one line.
    private static func inline(_ value: JSONValue?) -> String {
        guard let value else { return "-" }
        switch value.kind {
        case .string: return Outline.printable(value.string ?? "")
        case .null: return "-"
        case .number, .boolean:
            let text = String(decoding: value.text, as: UTF8.self)
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        case .array: return value.elements.map { inline($0) }.joined(separator: "; ")
        case .object: return value.members.map { inline($0.value) }.joined(separator: " ")
        }
    }
}
