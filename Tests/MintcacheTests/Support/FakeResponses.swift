import Caching
import HTTPCaching

/// The tier that replicas share for responses, in memory; keeps back what a look-up has found, and what is to be stored.
actor FakeResponses: SharedResponses {
    let finding = Gate()
    let storing = Gate()
    private(set) var held: [[UInt8]: [CachedResponse]] = [:]
    private(set) var lookups = 0
    private(set) var stores = 0
    private(set) var forgotten: [[UInt8]] = []

    func variants(
        for key: [UInt8], matching: @Sendable ([VariantKey]) -> [Int], within limit: Duration
    ) async throws(StoreError) -> [CachedResponse] {
        let found = held[key] ?? []
        lookups += 1
        await finding.pass()
        return matching(found.map(\.head.variant)).map { found[$0] }
    }

    func store(_ response: CachedResponse, for key: [UInt8]) async throws(StoreError) {
        stores += 1
        await storing.pass()
        held[key] = [response]
    }

    func forget(_ key: [UInt8]) async throws(StoreError) {
        held[key] = nil
        forgotten.append(key)
    }
}

/// A channel that nobody listens to.
actor FakeChannel: FleetChannel {
    private(set) var published: [Announcement] = []

    func publish(_ announcement: Announcement) async throws(StoreError) {
        published.append(announcement)
    }

    func listen(_ hear: @escaping @Sendable (FleetEvent) -> Void) async {}
}
