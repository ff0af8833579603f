import EventLoops

/// At most so many requests in any second, minute, hour or day: `10/s`, `600/h`.
struct RequestRate: Hashable, Sendable, CustomStringConvertible {
    enum Unit: String, CaseIterable, Sendable {
        case second = "s"
        case minute = "m"
        case hour = "h"
        case day = "d"

        var duration: Duration {
            switch self {
            case .second: .seconds(1)
            case .minute: .seconds(60)
            case .hour: .seconds(3600)
            case .day: .seconds(86_400)
            }
        }
    }

    private(set) var count: Int
    let unit: Unit

    /// `nil` for anything but a whole number from 1 to a thousand million, a slash and a unit.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000_000).contains(count),
            let unit = Unit(rawValue: String(parts[1]))
        else { return nil }
        self.count = count
        self.unit = unit
    }

    /// What work in the background may use of it.
    var reduced: RequestRate {
        var rate = self
        rate.count = max(1, count - count / 4)
        return rate
    }

    var description: String { "\(count)/\(unit.rawValue)" }
}

/// The requests of the last second, minute, hour and day, all of them counted whatever the limits are, so that new
/// limits hold from the moment they are set.
struct RequestLedger: Sendable {
    private var counts = RequestRate.Unit.allCases.map { ($0, SlidingCount(over: $0.duration)) }

    /// Counts one more request, unless it would be too many for one of the rates.
    mutating func take(within rates: [RequestRate], at now: MonotonicTime) -> Bool {
        guard rates.allSatisfy({ used(of: $0, at: now) < $0.count }) else { return false }
        for index in counts.indices { counts[index].1.add(at: now) }
        return true
    }

    /// How many requests count against a rate.
    mutating func used(of rate: RequestRate, at now: MonotonicTime) -> Int {
        for index in counts.indices where counts[index].0 == rate.unit { return counts[index].1.count(at: now) }
        return 0
    }
}

/// How often something happened in the last span of time, kept in sixty slices of it. The slice that the span's
/// beginning lies in counts whole, so the count is never too low: a limit held against it holds for every such span.
struct SlidingCount: Sendable {
    private static let slices = 60

    private let width: UInt64
    private var counts = [Int](repeating: 0, count: Self.slices + 1)
    private var latest: UInt64 = 0
    private var sum = 0

    init(over span: Duration) {
        width = UInt64(span.inNanoseconds) / UInt64(Self.slices)
    }

    mutating func count(at now: MonotonicTime) -> Int {
        advance(to: now.nanoseconds / width)
        return sum
    }

    mutating func add(at now: MonotonicTime) {
        advance(to: now.nanoseconds / width)
        counts[Int(latest % UInt64(counts.count))] += 1
        sum += 1
    }

    private mutating func advance(to slice: UInt64) {
        guard slice > latest else { return }
        let ring = UInt64(counts.count)
        for passed in max(latest + 1, slice >= ring ? slice - ring + 1 : 0)...slice {
            sum -= counts[Int(passed % ring)]
            counts[Int(passed % ring)] = 0
        }
        latest = slice
    }
}
