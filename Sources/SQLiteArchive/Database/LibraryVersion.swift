import CSQLite

extension SQLiteArchive {
    /// The SQLite library in use.
    public static var libraryVersion: String { "SQLite/" + String(cString: sqlite3_libversion()) }
}
