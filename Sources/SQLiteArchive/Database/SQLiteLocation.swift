import Caching
import Glibc

/// Where a database is: `sqlite:PATH` or `sqlite::memory:`.
struct SQLiteLocation: Equatable {
    /// A path, or `:memory:`.
    let path: String

    var isInMemory: Bool { path == ":memory:" }

    init(_ url: String) throws(StoreError) {
        guard url.hasPrefix("sqlite:"), url.count > "sqlite:".count, !url.utf8.contains(0) else {
            throw StoreError(
                kind: .invalid, detail: "an SQLite URL has the form sqlite:PATH, such as sqlite:var/mintcache.db")
        }
        path = String(url.dropFirst("sqlite:".count))
    }

    /// Makes the folders on the way and an empty file that only its owner may read: SQLite gives the files beside it
    /// the same rights.
    func prepare() throws(StoreError) {
        if isInMemory { return }
        for (index, character) in zip(path.indices, path) where character == "/" && index > path.startIndex {
            let folder = String(path[..<index])
            if mkdir(folder, 0o750) != 0, errno != EEXIST { throw failure("cannot make the folder \(folder)") }
        }
        // Exclusively, because closing a file that somebody in this process has open drops SQLite's locks on it.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            Glibc.close(descriptor)
        } else if errno != EEXIST {
            throw failure("cannot create \(path)")
        }
    }

    private func failure(_ what: String) -> StoreError {
        StoreError(kind: .unreachable, detail: "sqlite: \(what): \(String(cString: strerror(errno)))")
    }
}
