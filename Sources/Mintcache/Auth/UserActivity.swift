import Caching
import EventLoops
import Sessions
import Synchronization

/// When users were last seen, on the way to the archive: gathered, and written every half minute. What is not written
/// when the process dies is lost; the sessions know it, too.
final class UserActivity: Sendable {
    private static let interval = Duration.seconds(30)
    /// Users that wait. Further ones are left out until their next use.
    private static let capacity = 65_536
    private static let batchSize = 500

    private let users: any UserDirectory
    private let sightings = Mutex<[WalletAddress: Int64]>([:])

    init(users: any UserDirectory) {
        self.users = users
    }

    func note(_ wallet: WalletAddress, at now: Int64) {
        sightings.withLock { sightings in
            guard sightings[wallet] != nil || sightings.count < Self.capacity else { return }
            sightings[wallet] = max(sightings[wallet] ?? now, now)
        }
    }

    func run(on loop: EventLoop) async {
        while !Task.isCancelled {
            await loop.sleep(for: Self.interval)
            await write()
        }
    }

    /// Writes what is there, in batches. What the archive does not take now waits for the next time.
    func write() async {
        while true {
            let batch = sightings.withLock { sightings in
                let batch = sightings.prefix(Self.batchSize)
                for (wallet, _) in batch { sightings[wallet] = nil }
                return Dictionary(uniqueKeysWithValues: batch.map { ($0.key, $0.value) })
            }
            if batch.isEmpty { return }
            do throws(StoreError) {
                try await users.note(batch)
            } catch {
                for (wallet, time) in batch { note(wallet, at: time) }
                return
            }
        }
    }
}
