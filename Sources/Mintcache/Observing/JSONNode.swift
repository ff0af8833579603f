import Tokens

/// A JSON value under construction.
indirect enum JSONNode: Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case null
    case array([JSONNode])
    case object([(String, JSONNode)])
    /// A value that is JSON text already.
    case verbatim(ArraySlice<UInt8>)

    /// A value of another document as it is written there, or null.
    init(_ value: JSONValue?) { self = value.map { .verbatim($0.text) } ?? .null }

    /// A string, or null.
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    func write(to output: inout [UInt8]) {
        switch self {
        case .string(let text): output.append(jsonString: text[...])
        case .integer(let value): output += String(value).utf8
        case .number(let value): output += (value.isFinite ? String(value) : "null").utf8
        case .boolean(let value): output += (value ? "true" : "false").utf8
        case .null: output += "null".utf8
        case .verbatim(let text): output += text
        case .array(let elements):
            output.append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(0x2C) }
                element.write(to: &output)
            }
            output.append(0x5D)
        case .object(let members):
            output.append(0x7B)
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { output.append(0x2C) }
                output.append(jsonString: name[...])
                output.append(0x3A)
                value.write(to: &output)
            }
            output.append(0x7D)
        }
    }
}

// The literals' types are named because their inference goes in a circle in the compiler when files that use them are
// compiled before this one.
extension JSONNode: ExpressibleByStringLiteral {
    typealias StringLiteralType = String
    typealias ExtendedGraphemeClusterLiteralType = String
    typealias UnicodeScalarLiteralType = String

    init(stringLiteral value: String) { self = .string(value) }
}

extension JSONNode: ExpressibleByIntegerLiteral {
    typealias IntegerLiteralType = Int

    init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSONNode: ExpressibleByBooleanLiteral {
    typealias BooleanLiteralType = Bool

    init(booleanLiteral value: Bool) { self = .boolean(value) }
}
