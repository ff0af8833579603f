/// A header section: field lines in the order they came, found by name in any case.
public struct HeaderFields: Sendable, Hashable {
    public var lines: [FieldLine]

    public init(_ lines: [FieldLine] = []) { self.lines = lines }

    /// The value of the first line with this name.
    public subscript(_ name: String) -> [UInt8]? { lines.first { $0.isNamed(name) }?.value }

    /// The values of all lines with this name, in order.
    public func values(of name: String) -> [[UInt8]] { lines.filter { $0.isNamed(name) }.map(\.value) }

    /// The values of all lines with this name as one, joined by `, ` (RFC 9110, section 5.3); `nil` when there is none.
    public func combined(_ name: String) -> [UInt8]? {
        let values = values(of: name)
        guard var result = values.first else { return nil }
        for value in values.dropFirst() { result += [ASCII.comma, ASCII.space] + value }
        return result
    }

    public func contains(_ name: String) -> Bool { lines.contains { $0.isNamed(name) } }

    public mutating func append(_ name: String, _ value: String) { lines.append(FieldLine(name, value)) }

    public mutating func removeAll(named name: String) { lines.removeAll { $0.isNamed(name) } }

    /// Puts one line in place of all with this name: where the first stood, else at the end.
    public mutating func set(_ name: String, _ value: [UInt8]) {
        let position = lines.firstIndex { $0.isNamed(name) } ?? lines.endIndex
        removeAll(named: name)
        lines.insert(FieldLine(name, value), at: min(position, lines.endIndex))
    }

    /// The lines as they stand in a message, each with its CRLF.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 4 })
        for line in lines {
            bytes += line.name.utf8
            bytes += [ASCII.colon, ASCII.space]
            bytes += line.value
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }
}
