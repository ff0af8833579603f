/// The members of an object, in order.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private var walker: JSONWalker

    init(of value: JSONValue) {
        walker = JSONWalker(value, entering: .object)
    }

    public mutating func next() -> JSONMember? {
        guard let key = walker.next(), let value = walker.next() else { return nil }
        return JSONMember(key: key, value: value)
    }
}

/// The elements of an array, in order.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private var walker: JSONWalker

    init(of value: JSONValue) {
        walker = JSONWalker(value, entering: .array)
    }

    public mutating func next() -> JSONValue? {
        walker.next()
    }
}

/// Steps over the values directly inside a container of a checked text; for an object, keys and values in turn.
struct JSONWalker: Sendable {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ value: JSONValue, entering kind: JSONValue.Kind) {
        bytes = value.bytes
        position = value.range.lowerBound + 1
        end = value.kind == kind ? value.range.upperBound - 1 : position
    }

    mutating func next() -> JSONValue? {
        while position < end, isBetweenValues(bytes[position]) { position += 1 }
        guard position < end else { return nil }
        let start = position
        switch bytes[position] {
        case JSONByte.quote: skipString()
        case JSONByte.openBrace, JSONByte.openBracket: skipContainer()
        default: skipScalar()
        }
        return JSONValue(bytes: bytes, range: start..<position)
    }

    private func isBetweenValues(_ byte: UInt8) -> Bool {
        JSONByte.isWhitespace(byte) || byte == JSONByte.comma || byte == JSONByte.colon
    }

    private mutating func skipString() {
        position += 1
        while bytes[position] != JSONByte.quote {
            position += bytes[position] == JSONByte.backslash ? 2 : 1
        }
        position += 1
    }

    private mutating func skipContainer() {
        var depth = 0
        repeat {
            switch bytes[position] {
            case JSONByte.quote:
                skipString()
                continue
            case JSONByte.openBrace, JSONByte.openBracket: depth += 1
            case JSONByte.closeBrace, JSONByte.closeBracket: depth -= 1
            default: break
            }
            position += 1
        } while depth > 0
    }

    private mutating func skipScalar() {
        while position < end, !isBetweenValues(bytes[position]) { position += 1 }
    }
}
