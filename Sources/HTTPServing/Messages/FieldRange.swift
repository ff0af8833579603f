/// A run of octets inside a request head.
struct ByteRange: Equatable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    init() {}

    init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: end &- start)
    }
}

/// Where one field line's name and value lie in the head, and which known field it is. 16 octets.
struct FieldRange {
    /// Marks a field whose name is not in `KnownField`.
    static let unknown: UInt8 = .max
    /// Longer names do not fit the table and are refused.
    static let longestName = Int(UInt16.max)

    var nameStart: UInt32
    var nameCount: UInt16
    var known: UInt8
    var value: ByteRange

    var name: ByteRange { ByteRange(Int(nameStart), Int(nameStart) + Int(nameCount)) }
}
