/// Everything the parser found out about a head except the table of its fields: ranges into the octets, the
/// positions of the known fields, and what the head means for framing and the connection.
///
/// A plain value, so that an owned `Request` is the octets plus a copy of this.
struct HeadIndex {
    /// Marks a known field that the head does not have.
    static let absent: UInt8 = .max

    var method: RequestMethod = .other
    var minorVersion: UInt8 = 1
    var fieldCount: UInt8 = 0
    var disposition: Disposition = []
    var framing: BodyFraming = .none
    var methodBytes = ByteRange()
    var target = ByteRange()
    var path = ByteRange()
    /// Without the question mark; `start` 0 when the target has none.
    var query = ByteRange()
    /// The target's authority when it has one, else the Host field's value.
    var authority = ByteRange()
    /// Bit n: the field with raw value n occurs more than once.
    var repeated: UInt64 = 0
    /// Position in the field table of each known field's first line.
    var positions = InlineArray<36, UInt8>(repeating: HeadIndex.absent)

    struct Disposition: OptionSet {
        let rawValue: UInt8
        static let keepAlive = Disposition(rawValue: 1 << 0)
        static let expectsContinue = Disposition(rawValue: 1 << 1)
        static let absoluteForm = Disposition(rawValue: 1 << 2)
    }

    func position(of field: KnownField) -> Int? {
        let position = positions[Int(field.rawValue)]
        return position == HeadIndex.absent ? nil : Int(position)
    }

    func isRepeated(_ field: KnownField) -> Bool {
        repeated & (1 << UInt64(field.rawValue)) != 0
    }
}
