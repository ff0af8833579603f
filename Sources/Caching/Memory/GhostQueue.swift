/// Remembers the hashes of entries that left the small queue, so that one asked for again soon goes to the main queue.
///
/// A fixed table of sets with four places each: a mark is a piece of the hash and the number of its arrival. A mark
/// counts while fewer than a window of others came after it, so nothing has to be taken out in order. Two hashes with
/// the same piece in the same set are taken for one; that costs a place in the main queue, never a wrong answer.
///
/// Safe: the table is initialised as a whole in `init`, indexed modulo its size, and freed once; it cannot be copied, so
/// its memory has one owner, whose lock is held around every call.
struct GhostQueue: ~Copyable, @unchecked Sendable {
    private struct Mark {
        var fingerprint: UInt32
        /// 0 for an empty place.
        var arrival: UInt32
    }

    private static let ways = 4

    private let marks: UnsafeMutablePointer<Mark>
    private let setCount: Int
    private var arrivals: UInt32 = 0

    /// - Parameter capacity: how many hashes there is room for, at least.
    init(capacity: Int) {
        setCount = Self.setCount(capacity: capacity)
        marks = .allocate(capacity: setCount * Self.ways)
        marks.initialize(repeating: Mark(fingerprint: 0, arrival: 0), count: setCount * Self.ways)
    }

    deinit { marks.deallocate() }

    /// The bytes that a queue of `capacity` takes.
    static func fixedBytes(capacity: Int) -> Int {
        setCount(capacity: capacity) * ways * MemoryLayout<Mark>.stride
    }

    /// Remembers `hash` as the latest.
    mutating func remember(_ hash: UInt64) {
        arrivals &+= 1
        if arrivals == 0 { arrivals = 1 }
        let fingerprint = Self.fingerprint(hash)
        let start = firstPlace(hash)
        var oldest = start
        for place in start..<(start + Self.ways) {
            if marks[place].arrival == 0 || marks[place].fingerprint == fingerprint {
                oldest = place
                break
            }
            if age(of: marks[place]) > age(of: marks[oldest]) { oldest = place }
        }
        marks[oldest] = Mark(fingerprint: fingerprint, arrival: arrivals)
    }

    /// Whether `hash` is among the latest `window` remembered; it is forgotten by being asked for.
    mutating func forget(_ hash: UInt64, window: Int) -> Bool {
        let fingerprint = Self.fingerprint(hash)
        let start = firstPlace(hash)
        for place in start..<(start + Self.ways)
        where marks[place].arrival != 0 && marks[place].fingerprint == fingerprint {
            let isRecent = Int(age(of: marks[place])) < window
            marks[place].arrival = 0
            return isRecent
        }
        return false
    }

    /// How many came after `mark`.
    private func age(of mark: Mark) -> UInt32 { arrivals &- mark.arrival }

    /// The bits of the hash that the table of entries uses least.
    private func firstPlace(_ hash: UInt64) -> Int {
        (Int(truncatingIfNeeded: hash >> 20) & (setCount - 1)) * Self.ways
    }

    private static func fingerprint(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 28) }

    private static func setCount(capacity: Int) -> Int {
        var count = 1
        while count * ways < capacity { count *= 2 }
        return count
    }
}
