import EventLoops

/// A size in bytes, written `64KiB` or `256MiB` in the configuration.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int

    public init(_ value: Int) {
        self.value = value
    }

    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    /// Reads `512`, `64KiB`, `256MiB` or `2GiB`; `nil` for anything else.
    public init?(text: String) {
        let units: [(String, Int)] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0), ("", 0)]
        for (suffix, shift) in units where text.hasSuffix(suffix) {
            guard let number = Int(text.dropLast(suffix.count)), number >= 0, number <= Int.max >> shift else { break }
            self.init(number << shift)
            return
        }
        return nil
    }

    public var description: String {
        for (suffix, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] {
            if value > 0, value & (1 << shift - 1) == 0 { return "\(value >> shift)\(suffix)" }
        }
        return "\(value)B"
    }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.value < right.value }
}

/// Durations as the configuration writes them: a whole number and one of `ms`, `s`, `m`, `h`, `d`.
enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// A century: more is a slip, and times far ahead must still add up.
    private static let maximumMilliseconds: Int64 = 36_525 * 86_400_000

    static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        for (suffix, milliseconds) in units where text.hasSuffix(suffix) {
            guard let number = Int64(text.dropLast(suffix.count)), number >= 0 else { continue }
            let (total, overflow) = number.multipliedReportingOverflow(by: milliseconds)
            return overflow || total > maximumMilliseconds ? nil : .milliseconds(total)
        }
        return nil
    }

    static func format(_ duration: Duration) -> String {
        let total = duration.inMilliseconds
        for (suffix, milliseconds) in units.reversed() where total % milliseconds == 0 && total != 0 {
            return "\(total / milliseconds)\(suffix)"
        }
        return "0s"
    }
}
