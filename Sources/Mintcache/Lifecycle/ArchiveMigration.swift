import Caching

/// `mintcache migrate`: the archive's schema, without serving.
public enum ArchiveMigration {
    public static func run(_ archive: Configuration.Archive) async throws(StartupError) {
        try await OpenStores.withArchive(archive, "mintcache.migrate") { store throws(StoreError) in
            try await store.migrate()
        }
    }
}
