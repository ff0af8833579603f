private import CSQLite
import Caching

/// A call that SQLite refused, by its extended result code.
struct SQLiteFailure: Error {
    let code: Int32
    /// SQLite's words, which name tables and columns but quote no data.
    let message: String

    /// Whether the values of the row are at fault, so that the same row fails for ever.
    var isAboutRow: Bool {
        [SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH].contains(code & 0xFF)
    }

    var storeError: StoreError {
        let kind: StoreError.Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM: .overloaded
            case SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PROTOCOL: .unreachable
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .refused
            default: .invalid
            }
        return StoreError(kind: kind, detail: "sqlite: \(message) (\(code))")
    }
}
