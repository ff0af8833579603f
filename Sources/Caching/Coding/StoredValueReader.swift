/// Reads a value's fields from left to right, each checked before it is believed.
struct StoredValueReader {
    // Safe: every access is checked against the end, and no reader outlives the call its bytes were lent to.
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Milliseconds since 1970, no later than the year 9999.
    static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(StoredValueError) -> Number {
        let field = try take(MemoryLayout<Number>.size)
        return Number(littleEndian: field.loadUnaligned(as: Number.self))
    }

    /// A number within `bounds`.
    mutating func number(_ field: StaticString, in bounds: ClosedRange<Int64>) throws(StoredValueError) -> Int64 {
        let number = try number(Int64.self)
        guard bounds.contains(number) else { throw .invalid(field) }
        return number
    }

    /// Milliseconds since 1970.
    mutating func time(_ field: StaticString) throws(StoredValueError) -> Int64 { try number(field, in: Self.times) }

    mutating func take(_ count: Int) throws(StoredValueError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// Everything that was not read yet.
    mutating func rest() throws(StoredValueError) -> UnsafeRawBufferPointer { try take(bytes.count - position) }

    /// A length and that many bytes.
    mutating func block() throws(StoredValueError) -> UnsafeRawBufferPointer {
        try take(Int(try number(UInt32.self)))
    }

    mutating func text(_ field: StaticString) throws(StoredValueError) -> String {
        guard let text = String(validating: try block(), as: UTF8.self) else { throw .invalid(field) }
        return text
    }
}
