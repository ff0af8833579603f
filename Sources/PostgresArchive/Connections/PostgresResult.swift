private import CPostgres

/// What came back for one statement: rows in binary format.
///
/// Safe: a PGresult does not change once received and may be read from several threads (PostgreSQL manual, 34.20).
final class PostgresResult: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a `PGresult` that nobody else will clear.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// The error the server reported, if this is one.
    var error: PostgresFailure.ServerError? {
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default:
            PostgresFailure.ServerError(
                code: field(PostgresResult.sqlstateField) ?? "",
                message: field(PostgresResult.primaryMessageField) ?? "the connection broke"
            )
        }
    }

    // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, character macros in C.
    private static let sqlstateField = Int32(UInt8(ascii: "C"))
    private static let primaryMessageField = Int32(UInt8(ascii: "M"))

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(pointer, code).map { String(cString: $0) }
    }

    /// Calls with the bytes of a column, valid during the call; nil for NULL.
    func withBytes<Value>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0,
            let start = PQgetvalue(pointer, Int32(row), Int32(column))
        else { return nil }
        // Safe: libpq keeps that many bytes at that place until the result is cleared, which self prevents.
        let count = Int(PQgetlength(pointer, Int32(row), Int32(column)))
        return withExtendedLifetime(self) { body(UnsafeRawBufferPointer(start: start, count: count)) }
    }

    func bytes(row: Int, column: Int) -> [UInt8]? {
        withBytes(row: row, column: column) { [UInt8]($0) }
    }

    func text(row: Int, column: Int) -> String? {
        withBytes(row: row, column: column) { String(decoding: $0, as: UTF8.self) }
    }

    /// An `int8`, or a `timestamptz` in its own unit; nil for NULL and for other sizes.
    func integer(row: Int, column: Int) -> Int64? {
        let value = withBytes(row: row, column: column) { bytes in
            bytes.count == 8 ? Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) : nil
        }
        return value ?? nil
    }
}
