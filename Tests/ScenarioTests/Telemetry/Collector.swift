import MintcacheTesting
import Tokens

/// Reads what arrives at a collector by the rules of OTLP's JSON encoding.
struct Collector: Sendable {
    struct Span: Sendable {
        let trace: String
        let span: String
        let parent: String?
        let name: String
        let kind: Int
        let start: Int64
        let end: Int64
        let attributes: [String: String]

        subscript(name: String) -> String? { attributes[name] }
    }

    let origin: ScriptedOrigin

    /// All spans, when there are as many, or more.
    func spans(_ count: Int) async throws -> [Span] {
        var spans: [Span] = []
        try await eventually(within: .seconds(10), "\(count) spans at the collector") {
            spans = try origin.requests.filter(\.isWhole).flatMap(spans(in:))
            return spans.count >= count
        }
        return spans
    }

    func resource(of request: ReceivedRequest) throws -> JSONValue {
        try required(try only(try root(of: request)["resourceSpans"])["resource"])
    }

    private func root(of request: ReceivedRequest) throws -> JSONValue {
        try JSONDocument(validating: request.body).root
    }

    private func spans(in request: ReceivedRequest) throws -> [Span] {
        let scope = try only(try only(try root(of: request)["resourceSpans"])["scopeSpans"])
        return try required(scope["spans"]).elements.map(span)
    }

    private func span(_ value: JSONValue) throws -> Span {
        let parent = try value["parentSpanId"].map { try identifier($0, digits: 16) }
        return Span(
            trace: try identifier(required(value["traceId"]), digits: 32),
            span: try identifier(required(value["spanId"]), digits: 16), parent: parent,
            name: try required(value["name"]?.string), kind: Int(try required(value["kind"]?.integer)),
            start: try moment(value["startTimeUnixNano"]), end: try moment(value["endTimeUnixNano"]),
            attributes: try Self.attributes(value["attributes"]))
    }

    /// Names to values as text. Integers are strings in OTLP's JSON, as in all of Protobuf's.
    static func attributes(_ value: JSONValue?) throws -> [String: String] {
        var attributes: [String: String] = [:]
        for attribute in value.map({ Array($0.elements) }) ?? [] {
            let value = attribute["value"].map { Array($0.members) } ?? []
            guard let name = attribute["key"]?.string, value.count == 1, let typed = value.first else {
                throw TestSupportError("an attribute is not a key and a value")
            }
            switch typed.name {
            case "stringValue": attributes[name] = typed.value.string
            case "intValue": attributes[name] = typed.value.string.flatMap { Int64($0) }.map(String.init)
            case "boolValue": attributes[name] = typed.value.boolean.map { "\($0)" }
            case "doubleValue" where typed.value.kind == .number:
                attributes[name] = String(decoding: typed.value.text, as: UTF8.self)
            case _: throw TestSupportError("\(typed.name) is no kind of value")
            }
            guard attributes[name] != nil else { throw TestSupportError("\(name) is not a \(typed.name)") }
        }
        return attributes
    }

    private func identifier(_ value: JSONValue, digits: Int) throws -> String {
        let text = try required(value.string)
        let isName = text.count == digits && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        guard isName, text.contains(where: { $0 != "0" }) else { throw TestSupportError("\(text) names nothing") }
        return text
    }

    private func moment(_ value: JSONValue?) throws -> Int64 {
        try required(value?.string.flatMap { Int64($0) })
    }

    private func only(_ value: JSONValue?) throws -> JSONValue {
        let elements = value.map { Array($0.elements) } ?? []
        guard elements.count == 1, let first = elements.first else { throw TestSupportError("not one element") }
        return first
    }

    private func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw TestSupportError("a member is missing, or of another kind") }
        return value
    }
}
