import Caching
import Tokens

/// Entries to be delivered together, each token once, in its newest form.
struct OutboxBatch: Sendable {
    /// Every entry taken, in the order in which they came.
    private(set) var identifiers: [String] = []
    /// Entries that hold no record this release can read; why.
    private(set) var unreadable: [(identifier: String, reason: String)] = []
    /// Entries of another release, which are not taken: its own instances read them.
    private(set) var foreign: [String] = []
    private(set) var byteCount = 0
    private var newest: [TokenReference: TokenRecord] = [:]

    /// Whether there is nothing to be delivered, or thrown away.
    var isEmpty: Bool { identifiers.isEmpty }

    /// Entries read, whoever they are for.
    var entryCount: Int { identifiers.count + foreign.count }

    /// The records in the order of their tokens: writers that lock rows in one order do not deadlock.
    var records: [TokenRecord] {
        newest.values.sorted { $0.reference < $1.reference }
    }

    mutating func add(_ entry: OutboxEntry) {
        guard let bytes = entry.record else { return addUnreadable(entry, "no record in it") }
        do throws(StoredValueError) {
            let record = try RecordCoding.decode(bytes)
            identifiers.append(entry.identifier)
            byteCount += bytes.count
            if let known = newest[record.reference], known.fetchedAt > record.fetchedAt { return }
            newest[record.reference] = record
        } catch .unknownVersion {
            foreign.append(entry.identifier)
        } catch {
            addUnreadable(entry, error.description)
        }
    }

    private mutating func addUnreadable(_ entry: OutboxEntry, _ reason: String) {
        identifiers.append(entry.identifier)
        byteCount += entry.record?.count ?? 0
        unreadable.append((entry.identifier, reason))
    }
}
