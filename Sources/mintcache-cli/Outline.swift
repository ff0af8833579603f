import Tokens

/// JSON as people read it: a line for each value, indented by where it belongs.
struct Outline {
    private(set) var lines: [String] = []

    init(_ value: JSONValue) {
        append(value, depth: 0)
    }

    var text: String { lines.joined(separator: "\n") }

    private mutating func append(_ value: JSONValue, depth: Int) {
        let members = Array(value.members)
        let width = members.filter { Self.inline($0.value) != nil }.map(\.name.count).max() ?? 0
        let margin = String(repeating: "  ", count: depth)
        for member in members {
            let (name, value) = (member.name, member.value)
            if let text = Self.inline(value) {
                lines.append(margin + name.padded(to: width) + "  " + text)
            } else {
                lines.append(margin + name)
                append(children: value, depth: depth + 1)
            }
        }
    }

    private mutating func append(children value: JSONValue, depth: Int) {
        guard value.kind == .array else { return append(value, depth: depth) }
        let margin = String(repeating: "  ", count: depth)
        for element in value.elements {
            if let text = Self.inline(element) {
                lines.append(margin + text)
                continue
            }
            let first = lines.count
            append(element, depth: depth + 1)
            if first < lines.count { lines[first] = margin + "- " + lines[first].dropFirst(margin.count + 2) }
        }
    }

    /// What fits on the line of its name; nil for what has lines of its own.
    private static func inline(_ value: JSONValue) -> String? {
        switch value.kind {
        case .string: printable(value.string ?? "")
        case .null: "-"
        case .number, .boolean: String(decoding: value.text, as: UTF8.self)
        case .array: value.elements.contains { _ in true } ? nil : "none"
        case .object: value.members.contains { _ in true } ? nil : "none"
        }
    }

    /// Strangers write tokens' URIs and reasons; a terminal must not obey them.
    static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
            case _: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
