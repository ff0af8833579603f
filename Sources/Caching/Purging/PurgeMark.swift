/// A purge that was ordered: everything in its scope whose fetch began without knowing of it is void, or stale.
public struct PurgeMark: Sendable, Hashable {
    /// Grows from purge to purge, throughout the fleet.
    public var sequence: UInt64
    public var scope: PurgeScope
    /// Whether what was held may still be sent while, or because, it cannot be had anew.
    public var isSoft: Bool
    /// When it was ordered, in milliseconds since 1970, by the clock of whoever numbers the purges.
    public var moment: Int64

    public init(sequence: UInt64, scope: PurgeScope, isSoft: Bool, moment: Int64) {
        self.sequence = sequence
        self.scope = scope
        self.isSoft = isSoft
        self.moment = moment
    }
}

/// What purges make of a value.
public enum PurgeVerdict: Int, Sendable, Comparable {
    case valid
    /// To be fetched anew; until then it is what there is.
    case stale
    /// As if it did not exist.
    case void

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a value's age is compared with purges by.
public struct PurgeOrigin: Sendable, Hashable {
    /// The last purge that was known where and when the fetch began; nil for what is kept without it.
    public var sequence: UInt64?
    /// When it was fetched, in milliseconds since 1970, by the clock of whoever fetched it.
    public var fetchedAt: Int64

    /// How far clocks may differ.
    static let allowance: Int64 = 2000

    public init(sequence: UInt64?, fetchedAt: Int64) {
        self.sequence = sequence
        self.fetchedAt = fetchedAt
    }

    /// Whether a purge came after the value's fetch began. Clocks are asked only where there is no number.
    func isOlder(than mark: PurgeMark) -> Bool {
        if let sequence { return sequence < mark.sequence }
        return fetchedAt < mark.moment + Self.allowance
    }
}
