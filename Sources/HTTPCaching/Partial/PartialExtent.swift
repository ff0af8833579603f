/// Which bytes of a representation are held, when not all of them are (RFC 9110, section 14.4).
public struct PartialExtent: Sendable, Hashable {
    /// The offset of the first byte held.
    public var first: Int
    /// The offset of the last byte held, not less than ``first``.
    public var last: Int
    /// The length in bytes of the whole representation; nil when the origin did not say.
    public var complete: Int?

    /// - Precondition: `0 <= first <= last`, and `last < complete` where that is known.
    public init(first: Int, last: Int, complete: Int?) {
        precondition(first >= 0 && first <= last && complete.map { last < $0 } ?? true, "no such extent")
        self.first = first
        self.last = last
        self.complete = complete
    }

    /// How many bytes are held.
    public var count: Int { last - first + 1 }

    /// The bytes held, as a range of offsets.
    public var range: Range<Int> { first..<(last + 1) }

    /// Whether what is held is the whole representation.
    public var isWhole: Bool { first == 0 && complete == count }
}
