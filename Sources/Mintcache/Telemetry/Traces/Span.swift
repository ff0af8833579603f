/// Something that took time, as OpenTelemetry tells it.
struct Span: Sendable {
    /// The values are those of the protocol (opentelemetry-proto, trace.proto).
    enum Kind: Int, Sendable {
        case `internal` = 1
        case server = 2
        case client = 3
    }

    /// Its own name and its trace's.
    var context: TraceContext
    /// The span that it belongs to; `nil` for the first of a trace.
    var parent: UInt64?
    var name: String
    var kind: Kind
    /// Nanoseconds since 1970.
    var start: Int64
    var end: Int64
    var attributes: [(name: String, value: JSONNode)] = []
    var isFailure = false
}

extension Span {
    /// The span in the JSON of OTLP: names in hexadecimal, 64-bit numbers as text (OTLP 1.3, "JSON Protobuf Encoding").
    var document: JSONNode {
        var members: [(String, JSONNode)] = [
            ("traceId", .string(context.traceName)), ("spanId", .string(TraceContext.hexadecimal(context.span))),
        ]
        if let parent { members.append(("parentSpanId", .string(TraceContext.hexadecimal(parent)))) }
        members += [
            ("name", .string(name)), ("kind", .integer(kind.rawValue)),
            ("startTimeUnixNano", .string(String(start))), ("endTimeUnixNano", .string(String(end))),
            ("attributes", .array(attributes.map { Self.attribute($0.name, $0.value) })),
            ("status", .object(isFailure ? [("code", 2)] : [])),
        ]
        return .object(members)
    }

    static func attribute(_ name: String, _ value: JSONNode) -> JSONNode {
        let typed: (String, JSONNode) =
            switch value {
            case .integer(let number): ("intValue", .string(String(number)))
            case .number: ("doubleValue", value)
            case .boolean: ("boolValue", value)
            case .string: ("stringValue", value)
            case .null, .array, .object, .verbatim:
                ("stringValue", .string(String(decoding: value.bytes, as: UTF8.self)))
            }
        return .object([("key", .string(name)), ("value", .object([typed]))])
    }
}
