import Caching
import Tokens

/// Entries to be delivered together, each token once, in its newest form.
struct OutboxBatch: Sendable {
    /// Every entry taken, in the order of the stream.
    private(set) var identifiers: [String] = []
    /// Entries that hold no record this release can read; why.
    private(set) var unreadable: [(identifier: String, reason: String)] = []
    private(set) var byteCount = 0
    private var newest: [TokenReference: TokenRecord] = [:]

    var isEmpty: Bool { identifiers.isEmpty }

    /// The records in the order of their tokens: writers that lock rows in one order do not deadlock.
    var records: [TokenRecord] {
        newest.values.sorted { $0.reference < $1.reference }
    }

    mutating func add(_ entry: OutboxEntry) {
        identifiers.append(entry.identifier)
        guard let bytes = entry.record else { return unreadable.append((entry.identifier, "no record in it")) }
        byteCount += bytes.count
        do throws(StoredValueError) {
            let record = try RecordCoding.decode(bytes)
            if let known = newest[record.reference], known.fetchedAt > record.fetchedAt { return }
            newest[record.reference] = record
        } catch {
            unreadable.append((entry.identifier, error.description))
        }
    }
}
