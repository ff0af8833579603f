import Caching
import EventLoops
import MintcacheTesting
import PostgresArchive
import SQLiteArchive

/// The folders of the migrations in the source tree.
enum Migrations {
    static let postgres = "\(root)/config/migrations/postgres"
    /// Where the Supabase command line looks for them.
    static let supabase = "\(root)/supabase/migrations"
    static let sqlite = "\(root)/config/migrations/sqlite"

    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/")
}

/// The archives that promise the same.
enum ArchiveKind: String, CaseIterable, Sendable {
    case postgres
    case pooledPostgres
    case sqliteFile
    case sqliteMemory
}

/// Runs the body with a migrated archive of this kind, empty before and closed afterwards.
func withArchive(
    _ kind: ArchiveKind, _ body: (any MetadataArchive) async throws -> Void
) async throws {
    switch kind {
    case .postgres:
        try await withPostgresArchive(SharedPostgres.database().url) { try await body($0) }
    case .pooledPostgres:
        try await withPostgresArchive(SharedPostgres.database().pooledURL) { try await body($0) }
    case .sqliteFile:
        let folder = try TemporaryDirectory()
        let archive = try SQLiteArchive("sqlite:\(folder.file("new/mintcache.db"))", migrations: Migrations.sqlite)
        try await archive.migrate()
        try await closing(archive) { try await body(archive) }
    case .sqliteMemory:
        let archive = try SQLiteArchive("sqlite::memory:", migrations: Migrations.sqlite)
        try await archive.migrate()
        try await closing(archive) { try await body(archive) }
    }
}

/// Runs the body with a migrated archive on this server.
func withPostgresArchive(
    _ url: String, migrations: String = Migrations.postgres, limits: PostgresLimits = PostgresLimits(),
    _ body: (PostgresArchive) async throws -> Void
) async throws {
    let loop = try EventLoop(label: "test.archive")
    defer { loop.shutdown() }
    let settings = PostgresSettings(url: try PostgresURL(url), migrations: migrations, limits: limits)
    let archive = PostgresArchive(settings, loop: loop, resolver: AddressResolver())
    try await closing(archive) {
        try await archive.migrate()
        try await body(archive)
    }
}

private func closing(_ archive: any MetadataArchive, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch {
        await archive.close()
        throw error
    }
    await archive.close()
}
