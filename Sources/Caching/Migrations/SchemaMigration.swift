import Glibc

/// One step of the schema's history: a file such as `0001_create_tables.sql`.
public struct SchemaMigration: Sendable, Equatable {
    /// Its place in the history, from 1.
    public let version: Int
    public let sql: String

    /// All migrations in a folder, in order. Files that are not named so are refused, because a step left out by a slip
    /// of the pen would go unnoticed.
    public static func load(from folder: String) throws(StoreError) -> [SchemaMigration] {
        var migrations: [SchemaMigration] = []
        for name in try names(in: folder) {
            guard name.hasSuffix(".sql"), let version = Int(name.prefix { $0 != "_" }), version > 0 else {
                throw StoreError(
                    kind: .invalid,
                    detail: "\(folder)/\(name) is not named like a migration, such as 0002_add_index.sql")
            }
            migrations.append(SchemaMigration(version: version, sql: try contents(of: "\(folder)/\(name)")))
        }
        guard !migrations.isEmpty, Set(migrations.map(\.version)).count == migrations.count else {
            throw StoreError(kind: .invalid, detail: "\(folder) has no migrations, or two of one number")
        }
        return migrations.sorted { $0.version < $1.version }
    }

    private static func names(in folder: String) throws(StoreError) -> [String] {
        guard let directory = opendir(folder) else { throw unreadable(folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            // Safe: readdir(3) ends d_name with a zero byte.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func contents(of path: String) throws(StoreError) -> String {
        guard let file = fopen(path, "re") else { throw unreadable(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        guard ferror(file) == 0 else { throw unreadable(path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unreadable(_ path: String) -> StoreError {
        StoreError(kind: .invalid, detail: "cannot read the migrations at \(path): \(String(cString: strerror(errno)))")
    }
}
