/// The events of a chain read lately, so that one read again changes nothing, and one that a reorganisation took away
/// is noticed.
///
/// Blocks are read more than once: the last ones with every look, others after a restart or a failure. An event counts
/// when it is new: its block's hash and its place in the block tell. An event of these blocks that is not there any
/// more never happened, so what it changed has changed back.
///
/// Bounded: when full, the oldest events are forgotten, and count again should they be read again.
public struct EventHistory: Sendable {
    private struct Entry {
        let block: UInt64
        let change: MetadataChange
    }

    private let capacity: Int
    private var entries: [EventLog.Identity: Entry] = [:]

    /// - Parameter capacity: events remembered at a time.
    public init(capacity: Int = 20_000) {
        self.capacity = capacity
    }

    /// Events remembered.
    public var count: Int { entries.count }

    /// What a reading of blocks says has changed that was not known before, each change once.
    ///
    /// - Parameters:
    ///   - logs: all there are of these contracts in these blocks.
    ///   - contracts: those that were asked about.
    public mutating func changes(
        in logs: [EventLog], of contracts: Set<ContractAddress>, blocks: ClosedRange<UInt64>
    ) -> Set<MetadataChange> {
        var changes: Set<MetadataChange> = []
        let read = Set(logs.map(\.identity))
        let withdrawn = entries.filter { identity, entry in
            blocks.contains(entry.block) && contracts.contains(entry.change.contract) && !read.contains(identity)
        }
        for (identity, entry) in withdrawn {
            changes.insert(entry.change)
            entries[identity] = nil
        }
        for log in logs where entries[log.identity] == nil {
            changes.insert(log.change)
            entries[log.identity] = Entry(block: log.block, change: log.change)
        }
        makeRoom()
        return changes
    }

    /// Forgets events below a block: those that are not read again.
    public mutating func forget(below block: UInt64) {
        entries = entries.filter { $0.value.block >= block }
    }

    private mutating func makeRoom() {
        guard entries.count > capacity else { return }
        let blocks = entries.values.map(\.block).sorted()
        let boundary = blocks[entries.count - capacity]
        entries = entries.filter { $0.value.block > boundary }
    }
}
