import Caching
import Tokens

/// An archive in memory that can be made to fail and to hang.
actor FakeArchive: MetadataArchive {
    let gate = Gate()
    private(set) var held: [TokenReference: TokenRecord] = [:]
    private(set) var lookups = 0
    /// Every batch that was handed over, taken or not.
    private(set) var batches: [[TokenRecord]] = []
    private var failure: StoreError?
    private var rejected: Set<TokenReference> = []

    var isReachable: Bool { failure == nil }

    func fail(with error: StoreError?) {
        failure = error
    }

    /// Makes the archive set this token's records aside.
    func reject(_ reference: TokenReference) {
        rejected.insert(reference)
    }

    func put(_ record: TokenRecord) {
        held[record.reference] = record
    }

    func records(
        for references: [TokenReference], within limit: Duration
    ) async throws(StoreError) -> [TokenReference: TokenRecord] {
        lookups += 1
        if let failure { throw failure }
        return held.filter { references.contains($0.key) }
    }

    func tokens(
        in scope: ArchiveScope, after last: TokenReference?, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [TokenReference] {
        if let failure { throw failure }
        let meant = held.values.filter { scope.covers($0.reference) && $0.outcome == .document }.map(\.reference)
        let rest = meant.sorted().filter { reference in last.map { $0 < reference } ?? true }
        return Array(rest.prefix(count))
    }

    func store(_ records: [TokenRecord]) async throws(StoreError) -> StoreReport {
        batches.append(records)
        await gate.pass()
        if let failure { throw failure }
        var report = StoreReport()
        for record in records {
            if rejected.contains(record.reference) {
                report.rejected.append(.init(reference: record.reference, code: "22P05", reason: "not storable"))
                continue
            }
            report.stored += 1
            if let old = held[record.reference], old.fetchedAt > record.fetchedAt { continue }
            held[record.reference] = record
        }
        return report
    }

    func forget(
        _ scope: ArchiveScope, fetchedBefore moment: Int64, atMost count: Int
    ) async throws(StoreError) -> Int {
        if let failure { throw failure }
        let doomed = held.values.filter { scope.covers($0.reference) && $0.fetchedAt < moment }
        for record in doomed.prefix(count) { held[record.reference] = nil }
        return min(doomed.count, count)
    }

    func migrate() async throws(StoreError) {}

    func close() async {}
}

/// A shared cache in memory that can be made to fail and to hang.
actor FakeSharedCache: SharedCache {
    /// Keeps back what a look-up has found.
    let gate = Gate()

    struct Write: Sendable {
        let record: TokenRecord
        let isEnqueued: Bool
    }

    private(set) var held: [TokenReference: TokenRecord] = [:]
    private(set) var lookups = 0
    private(set) var writes: [Write] = []
    private var failure: StoreError?

    var isReachable: Bool { failure == nil }

    func fail(with error: StoreError?) {
        failure = error
    }

    func put(_ record: TokenRecord) {
        held[record.reference] = record
    }

    func record(for reference: TokenReference, within limit: Duration) async throws(StoreError) -> TokenRecord? {
        lookups += 1
        if let failure { throw failure }
        let found = held[reference]
        await gate.pass()
        return found
    }

    func store(_ record: TokenRecord, enqueueForArchive: Bool) async throws(StoreError) {
        if let failure { throw failure }
        writes.append(Write(record: record, isEnqueued: enqueueForArchive))
        held[record.reference] = record
    }

    func offer(_ record: TokenRecord) async throws(StoreError) {
        if let failure { throw failure }
        if held[record.reference] == nil { held[record.reference] = record }
    }

    func forget(_ reference: TokenReference) async throws(StoreError) {
        held[reference] = nil
    }

    func close() async {}
}

extension StoreError {
    static let away = StoreError(kind: .unreachable, detail: "nobody is there")
}

extension ArchiveScope {
    fileprivate func covers(_ token: TokenReference) -> Bool {
        switch self {
        case .token(let reference): token == reference
        case .contract(let chain, let address): token.chain == chain && token.contract == address
        case .everything: true
        }
    }
}
