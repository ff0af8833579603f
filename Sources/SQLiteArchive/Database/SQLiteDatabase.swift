private import CSQLite

/// One connection to a database file, with its prepared statements. Used by one thread at a time.
final class SQLiteDatabase {
    private let pointer: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    /// Opens for reading and writing, with a write-ahead log: what is committed survives the death of the process, and
    /// readers do not wait for the writer.
    init(_ location: SQLiteLocation) throws(SQLiteFailure) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(location.path, &opened, flags, nil)
        guard let opened else { throw SQLiteFailure(code: code, message: "out of memory") }
        pointer = opened
        // From here on deinit closes, on failure too.
        guard code == SQLITE_OK else { throw Self.failure(code, on: opened) }
        sqlite3_busy_timeout(pointer, Self.busyMilliseconds)
        try useWriteAheadLog()
        try execute("PRAGMA synchronous = NORMAL")
    }

    /// How long to wait for another process that writes.
    private static let busyMilliseconds: Int32 = 2000

    /// The switch needs the file alone, and SQLite does not wait for that itself: of several that open a new file
    /// together, all but one would be told that it is locked.
    private func useWriteAheadLog() throws(SQLiteFailure) {
        let pause: Int32 = 5
        var waited: Int32 = 0
        while true {
            do throws(SQLiteFailure) {
                return try execute("PRAGMA journal_mode = WAL")
            } catch {
                guard error.code & 0xFF == SQLITE_BUSY, waited < Self.busyMilliseconds else { throw error }
                sqlite3_sleep(pause)
                waited += pause
            }
        }
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(pointer)
    }

    /// Runs one or more statements without parameters, ignoring rows.
    func execute(_ script: String) throws(SQLiteFailure) {
        let code = sqlite3_exec(pointer, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw Self.failure(code, on: pointer) }
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changedRows: Int { Int(sqlite3_changes64(pointer)) }

    /// The statement for this text, prepared on first use.
    func statement(_ sql: String) throws(SQLiteFailure) -> SQLiteStatement {
        if let prepared = statements[sql] { return prepared }
        let prepared = try SQLiteStatement(sql, on: pointer)
        statements[sql] = prepared
        return prepared
    }

    /// Runs the body in a transaction that holds the right to write from the start, and undoes everything if it throws.
    func transaction<Value>(_ body: () throws(SQLiteFailure) -> Value) throws(SQLiteFailure) -> Value {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteFailure) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // Some failures, such as a full disk, end the transaction by themselves. What led here tells more than a
            // failure to undo.
            if sqlite3_get_autocommit(pointer) == 0 { sqlite3_exec(pointer, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    static func failure(_ code: Int32, on database: OpaquePointer) -> SQLiteFailure {
        SQLiteFailure(code: code, message: String(cString: sqlite3_errmsg(database)))
    }
}
