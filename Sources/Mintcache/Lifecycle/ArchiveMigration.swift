import Caching
import EventLoops

/// `mintcache migrate`: the archive's schema, without serving.
public enum ArchiveMigration {
    public static func run(_ archive: Configuration.Archive) async throws(StartupError) {
        let loop: EventLoop
        do throws(SystemCallError) {
            loop = try EventLoop(label: "mintcache.migrate")
        } catch {
            throw StartupError("cannot start an event loop: \(error)")
        }
        let (store, _) = try OpenStores.openArchive(archive, on: loop, AddressResolver())
        do throws(StoreError) {
            try await store.migrate()
        } catch {
            throw StartupError("cannot migrate the archive: \(error.detail)")
        }
        await store.close()
        loop.shutdown()
    }
}
