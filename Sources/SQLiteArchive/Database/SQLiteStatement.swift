private import CSQLite

/// A prepared statement, finalised with its last reference. Belongs to whoever has its database.
final class SQLiteStatement {
    private let pointer: OpaquePointer
    private let database: OpaquePointer

    /// Prepares one statement to be kept and run again and again.
    init(_ sql: String, on database: OpaquePointer) throws(SQLiteFailure) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw SQLiteDatabase.failure(code, on: database) }
        pointer = prepared
        self.database = database
    }

    deinit {
        sqlite3_finalize(pointer)
    }

    /// A value that goes into a parameter.
    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case blob([UInt8])

        init(_ text: String?) {
            self = text.map { .text($0) } ?? .null
        }
    }

    /// Runs the statement with these parameters, calling `row` for each row that comes of it.
    func run(_ values: [Value], row: () -> Void = {}) throws(SQLiteFailure) {
        defer {
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, to: Int32(index + 1))
            guard code == SQLITE_OK else { throw SQLiteDatabase.failure(code, on: database) }
        }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: row()
            case SQLITE_DONE: return
            case let code: throw SQLiteDatabase.failure(code, on: database)
            }
        }
    }

    private func bind(_ value: Value, to index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(pointer, index)
        case .integer(let number): sqlite3_bind_int64(pointer, index, number)
        case .text(var text): text.withUTF8 { bind($0, to: index) }
        case .blob(let bytes): bytes.withUnsafeBytes { bind($0, to: index) }
        }
    }

    private func bind(_ utf8: UnsafeBufferPointer<UInt8>, to index: Int32) -> Int32 {
        utf8.withMemoryRebound(to: CChar.self) {
            csqlite_bind_text(pointer, index, $0.baseAddress, UInt64($0.count))
        }
    }

    private func bind(_ bytes: UnsafeRawBufferPointer, to index: Int32) -> Int32 {
        // Without an address SQLite would bind NULL.
        bytes.isEmpty
            ? sqlite3_bind_zeroblob(pointer, index, 0)
            : csqlite_bind_blob(pointer, index, bytes.baseAddress, UInt64(bytes.count))
    }

    // MARK: Columns of the current row

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

    func text(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(pointer, column) else { return nil }
        // Safe: SQLite keeps that many bytes at that place until the statement moves on.
        let count = Int(sqlite3_column_bytes(pointer, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(pointer, column) else { return [] }
        // Safe: SQLite keeps that many bytes at that place until the statement moves on.
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
    }
}
