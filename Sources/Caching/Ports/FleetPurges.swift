/// The purges of a fleet, numbered and remembered where all instances see them.
public protocol FleetPurges: Sendable {
    /// Numbers a purge, remembers it and announces it, in one step.
    ///
    /// - Parameter known: the last number that the caller knows of: the new one is greater.
    func order(_ scope: PurgeScope, isSoft: Bool, after known: UInt64) async throws(StoreError) -> PurgeMark

    /// Everything that is remembered.
    func remembered() async throws(StoreError) -> PurgeMemory

    /// Remembers purges that the store has lost; those that it knows in a newer form stay.
    ///
    /// - Returns: the generation from now on, by which the others notice.
    func restore(_ marks: [PurgeMark]) async throws(StoreError) -> String

    /// Remembers wider purges in place of others. What was ordered anew meanwhile stays.
    func replace(_ replacement: PurgeMarks.Replacement) async throws(StoreError)
}

/// What the shared store knows of purges.
public struct PurgeMemory: Sendable, Equatable {
    public var marks: [PurgeMark]
    /// A name that is another one after marks were lost, or put back; nil when none were ever there, or all are lost.
    public var generation: String?
    /// The last purge that was ordered before the reading began. Later ones may be among the marks, but not all of them
    /// have to be: whoever has read this much has seen every purge up to this number, and knows of no more.
    public var sequence: UInt64

    public init(marks: [PurgeMark], generation: String?, sequence: UInt64) {
        self.marks = marks
        self.generation = generation
        self.sequence = sequence
    }
}
