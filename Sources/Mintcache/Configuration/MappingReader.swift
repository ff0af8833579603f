import EventLoops
import Yams

/// What reading a file gathers: problems, and every key with the value in force.
final class ReadingLog {
    struct Setting {
        let path: [String]
        let text: String
    }

    let file: String
    let environment: [String: String]
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var settings: [Setting] = []

    init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    func report(_ message: String, at mark: Mark?, key: String) {
        report(message, line: mark?.line ?? 1, column: mark?.column ?? 1, key: key)
    }

    func report(_ message: String, line: Int, column: Int, key: String) {
        problems.append(ConfigurationProblem(file: file, line: line, column: column, key: key, message: message))
    }

    func record(_ path: [String], _ text: String) {
        settings.append(Setting(path: path, text: text))
    }
}

/// Reads one YAML mapping key by key. Each read names the key, its type and its default in one place; what was not read
/// by ``finish()`` is an unknown key.
struct MappingReader {
    let log: ReadingLog
    let path: [String]
    private let mark: Mark?
    private let nodes: [String: (key: Node, value: Node)]
    private let order: [String]
    private let seen = SeenKeys()

    private final class SeenKeys {
        var names: Set<String> = []
    }

    init(_ node: Node?, path: [String], log: ReadingLog) {
        self.log = log
        self.path = path
        mark = node?.mark
        var nodes: [String: (key: Node, value: Node)] = [:]
        var order: [String] = []
        if let mapping = node?.mapping {
            for (key, value) in mapping {
                let name = key.string ?? "?"
                let full = (path + [name]).joined(separator: ".")
                if nodes[name] != nil { log.report("is given twice", at: key.mark, key: full) }
                nodes[name] = (key, value)
                order.append(name)
            }
        } else if let node, !node.isNull {
            log.report("must be a mapping of keys to values", at: node.mark, key: path.joined(separator: "."))
        }
        self.nodes = nodes
        self.order = order
    }

    var keys: [String] { order }

    func has(_ key: String) -> Bool { nodes[key].map { !$0.value.isNull } ?? false }

    /// Whether a key holds a mapping, and not a single value or a list.
    func isMapping(_ key: String) -> Bool { nodes[key]?.value.mapping != nil }

    // MARK: Values

    func string(_ key: String, default fallback: String, isSecret: Bool = false) -> String {
        let value = scalar(key) ?? fallback
        record(key, isSecret && !value.isEmpty ? "\"********\"" : Self.quoted(value))
        return value
    }

    func duration(_ key: String, default fallback: Duration) -> Duration {
        let value = parsed(key, "must be a duration such as 250ms, 10s, 5m, 24h or 7d", DurationText.parse) ?? fallback
        record(key, DurationText.format(value))
        return value
    }

    func bytes(_ key: String, default fallback: ByteCount) -> ByteCount {
        let value = parsed(key, "must be a size such as 512B, 64KiB or 256MiB") { ByteCount(text: $0) } ?? fallback
        record(key, value.description)
        return value
    }

    func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        let message = "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        let value = parsed(key, message) { Int($0).flatMap { range.contains($0) ? $0 : nil } } ?? fallback
        record(key, String(value))
        return value
    }

    func boolean(_ key: String, default fallback: Bool) -> Bool {
        let value = parsed(key, "must be true or false") { ["true": true, "false": false][$0] } ?? fallback
        record(key, String(value))
        return value
    }

    /// One of several words.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Value
    ) -> Value where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        let value = parsed(key, "must be one of: \(words)") { Value(rawValue: $0) } ?? fallback
        record(key, value.rawValue)
        return value
    }

    /// A scalar read by a function of the caller's; `text` shows the result in the effective configuration.
    func custom<Value>(
        _ key: String, default fallback: Value, expected: String, text: (Value) -> String, _ parse: (String) -> Value?
    ) -> Value {
        let value = parsed(key, expected, parse) ?? fallback
        record(key, text(value))
        return value
    }

    func strings(_ key: String, default fallback: [String], isSecret: Bool = false) -> [String] {
        let nodes = sequence(key)
        let values = nodes?.compactMap { node -> String? in
            if case .scalar = node { return expand(node, key) }
            log.report("must be a list of texts", at: node.mark, key: full(key))
            return nil
        }
        let result = values ?? fallback
        let shown = isSecret ? result.map { _ in "********" } : result
        record(key, "[\(shown.map(Self.quoted).joined(separator: ", "))]")
        return result
    }

    /// A list of texts, or one text that stands for a list of it alone.
    func textOrTexts(_ key: String) -> [String] {
        guard let node = nodes[key]?.value, case .scalar = node, !node.isNull else { return strings(key, default: []) }
        let values = scalar(key).map { [$0] } ?? []
        record(key, "[\(values.map(Self.quoted).joined(separator: ", "))]")
        return values
    }

    /// A key without a default: `nil`, and not shown, when it is missing.
    func optional<Value>(_ key: String, _ read: (String) -> Value) -> Value? {
        seen.names.insert(key)
        return has(key) ? read(key) : nil
    }

    /// A nested mapping; a missing one reads as empty, so that its defaults apply.
    func mapping(_ key: String) -> MappingReader {
        seen.names.insert(key)
        return MappingReader(nodes[key]?.value, path: path + [key], log: log)
    }

    /// A list of mappings or texts, each read by the caller.
    func elements(_ key: String) -> [Element] {
        (sequence(key) ?? []).enumerated().map { index, node in
            Element(node: node, key: "\(key)[\(index)]", path: path + ["\(key)[\(index)]"], log: log)
        }
    }

    /// A mapping or a text that stands alone; `nil` when there is none.
    func element(_ key: String) -> Element? {
        seen.names.insert(key)
        return nodes[key].map { Element(node: $0.value, key: key, path: path + [key], log: log) }
    }

    struct Element {
        fileprivate let node: Node
        /// Such as `rpc[0]`.
        fileprivate let key: String
        private let path: [String]
        private let log: ReadingLog

        fileprivate init(node: Node, key: String, path: [String], log: ReadingLog) {
            self.node = node
            self.key = key
            self.path = path
            self.log = log
        }

        var isText: Bool { node.scalar != nil }
        var mapping: MappingReader { MappingReader(node, path: path, log: log) }
    }

    /// An element that is a text; `nil` when it cannot be had, which is reported.
    func text(_ element: Element) -> String? { expand(element.node, element.key) }

    // MARK: Problems

    func report(_ message: String, key: String) {
        log.report(message, at: nodes[key]?.value.mark ?? mark, key: full(key))
    }

    /// Reports what is wrong with a key itself.
    func report(_ message: String, name: String) {
        log.report(message, at: nodes[name]?.key.mark ?? mark, key: full(name))
    }

    func report(_ message: String, at element: Element) {
        log.report(message, at: element.node.mark, key: full(element.key))
    }

    /// Reports every key that nobody read.
    func finish() {
        for name in order where !seen.names.contains(name) {
            let known = seen.names.sorted().joined(separator: ", ")
            log.report("unknown key; known here: \(known)", at: nodes[name]?.key.mark, key: full(name))
        }
    }

    // MARK: Steps

    private func full(_ key: String) -> String { (path + [key]).joined(separator: ".") }

    private func record(_ key: String, _ text: String) {
        log.record(path + [key], text)
    }

    private func scalar(_ key: String) -> String? {
        seen.names.insert(key)
        guard let node = nodes[key]?.value, !node.isNull else { return nil }
        guard case .scalar = node else {
            log.report("must be a single value", at: node.mark, key: full(key))
            return nil
        }
        return expand(node, key)
    }

    private func parsed<Value>(_ key: String, _ message: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = scalar(key) else { return nil }
        guard let value = parse(text) else {
            log.report(message, at: nodes[key]?.value.mark, key: full(key))
            return nil
        }
        return value
    }

    private func sequence(_ key: String) -> [Node]? {
        seen.names.insert(key)
        guard let node = nodes[key]?.value, !node.isNull else { return nil }
        guard case .sequence(let sequence) = node else {
            log.report("must be a list", at: node.mark, key: full(key))
            return nil
        }
        return Array(sequence)
    }

    private func expand(_ node: Node, _ key: String) -> String? {
        guard case .scalar(let scalar) = node else { return nil }
        do throws(EnvironmentSubstitution.Failure) {
            return try EnvironmentSubstitution.expand(scalar.string, in: log.environment)
        } catch {
            switch error {
            case .missing(let name):
                log.report(
                    "the environment variable \(name) is not set and has no default", at: node.mark, key: full(key))
            case .malformed:
                log.report("write ${NAME} or ${NAME:-default}", at: node.mark, key: full(key))
            }
            return nil
        }
    }

    /// A JSON string is a double-quoted scalar of YAML too, and never leaves its line.
    static func quoted(_ text: String) -> String {
        String(decoding: JSONNode.string(text).bytes, as: UTF8.self)
    }
}

extension Node {
    fileprivate var isNull: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }
}
