/// The binary form of `timestamptz`: microseconds since the first moment of 2000, UTC.
enum PostgresTime {
    /// 1970 to 2000, in milliseconds.
    private static let epoch: Int64 = 946_684_800_000
    /// The first and last whole millisecond since 1970 that the type holds: 4714 BC to AD 294276.
    private static let range: ClosedRange<Int64> = -210_866_803_200_000...9_224_318_015_999_999

    /// Clamps what the type cannot hold.
    static func microseconds(fromUnixMilliseconds milliseconds: Int64) -> Int64 {
        (min(max(milliseconds, range.lowerBound), range.upperBound) - epoch) * 1000
    }

    /// Rounds towards the past; the type's infinities become the ends of the range.
    static func unixMilliseconds(fromMicroseconds microseconds: Int64) -> Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = remainder < 0 ? quotient - 1 : quotient
        let shifted = whole + epoch
        return min(max(shifted, range.lowerBound), range.upperBound)
    }
}
