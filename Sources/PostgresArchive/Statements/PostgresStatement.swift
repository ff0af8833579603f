/// One SQL statement with its parameters, sent unnamed so that any connection pooler can pass it on.
struct PostgresStatement: Sendable {
    let sql: String
    let parameters: [PostgresParameter]
}

/// A value in PostgreSQL's binary format, with the number of its type.
struct PostgresParameter: Sendable {
    /// The type's OID, fixed for built-in types (`pg_type.dat`).
    let type: UInt32
    let bytes: [UInt8]
}

extension PostgresParameter {
    static func texts(_ values: some Collection<String?>) -> PostgresParameter {
        array(of: values, element: 25, type: 1009) { value, output in output.append(contentsOf: value.utf8) }
    }

    static func byteStrings(_ values: some Collection<[UInt8]?>) -> PostgresParameter {
        array(of: values, element: 17, type: 1001) { value, output in output.append(contentsOf: value) }
    }

    static func integers(_ values: some Collection<Int32?>) -> PostgresParameter {
        array(of: values, element: 23, type: 1007) { value, output in
            output.append(bigEndian: UInt32(bitPattern: value))
        }
    }

    static func booleans(_ values: some Collection<Bool?>) -> PostgresParameter {
        array(of: values, element: 16, type: 1000) { value, output in output.append(value ? 1 : 0) }
    }

    /// Milliseconds since 1970, clamped to what a `timestamptz` holds.
    static func timestamps(_ values: some Collection<Int64?>) -> PostgresParameter {
        array(of: values, element: 1184, type: 1185) { value, output in
            output.append(bigEndian: UInt64(bitPattern: PostgresTime.microseconds(fromUnixMilliseconds: value)))
        }
    }

    static func text(_ value: String) -> PostgresParameter {
        PostgresParameter(type: 25, bytes: Array(value.utf8))
    }

    /// Milliseconds since 1970, clamped to what a `timestamptz` holds.
    static func timestamp(_ value: Int64) -> PostgresParameter {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(bitPattern: PostgresTime.microseconds(fromUnixMilliseconds: value)))
        return PostgresParameter(type: 1184, bytes: bytes)
    }

    static func integer(_ value: Int64) -> PostgresParameter {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(bitPattern: value))
        return PostgresParameter(type: 20, bytes: bytes)
    }

    /// A one-dimensional array as `array_recv` reads it: dimensions, whether there are NULLs, the element's type, the
    /// dimension's length and lower bound, then each element's length (-1 for NULL) and bytes.
    private static func array<Values: Collection, Value>(
        of values: Values, element: UInt32, type: UInt32, _ encode: (Value, inout [UInt8]) -> Void
    ) -> PostgresParameter where Values.Element == Value? {
        var bytes: [UInt8] = []
        let header: [UInt32] = values.isEmpty ? [0, 0, element] : [1, 1, element, UInt32(values.count), 1]
        for word in header { bytes.append(bigEndian: word) }
        for value in values {
            guard let value else {
                bytes.append(bigEndian: UInt32.max)
                continue
            }
            let start = bytes.count
            bytes.append(bigEndian: UInt32(0))
            encode(value, &bytes)
            bytes.write(bigEndian: UInt32(bytes.count - start - 4), at: start)
        }
        return PostgresParameter(type: type, bytes: bytes)
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian word: some FixedWidthInteger & UnsignedInteger) {
        Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func write(bigEndian word: UInt32, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * index)) }
    }
}
