import Caching
import Synchronization
import Tokens

/// A channel that knows which landings this instance has announced itself: of those it holds the newest copy already.
final class OwnLandings: FleetChannel {
    private let channel: any FleetChannel
    /// Announced and not heard yet.
    private let expected = Mutex<[TokenReference: Int]>([:])

    init(_ channel: any FleetChannel) {
        self.channel = channel
    }

    func publish(_ announcement: Announcement) async throws(StoreError) {
        guard case .landed(let reference, .stored) = announcement else {
            return try await channel.publish(announcement)
        }
        expected.withLock { $0[reference, default: 0] += 1 }
        do throws(StoreError) {
            try await channel.publish(announcement)
        } catch {
            _ = take(reference)
            throw error
        }
    }

    func listen(_ hear: @escaping @Sendable (FleetEvent) -> Void) async {
        await channel.listen(hear)
    }

    /// Whether a landing that was just heard is one that was announced here; each is answered for once.
    func take(_ reference: TokenReference) -> Bool {
        expected.withLock { expected in
            guard let count = expected[reference] else { return false }
            expected[reference] = count > 1 ? count - 1 : nil
            return true
        }
    }

    /// Announcements were missed, perhaps those that were expected.
    func forgetAll() {
        expected.withLock { $0 = [:] }
    }
}
