/// Finds the bad rows of a batch by halving: good halves land whole, and a bad row among n costs it at most
/// log2(n) + 1 attempts, rounded up.
struct Bisection {
    private var pending: [Range<Int>]

    /// Over rows `0 ..< count`.
    init(count: Int) {
        pending = count > 0 ? [0..<count] : []
    }

    /// The rows to try next; nil when each has landed or was found to be bad.
    mutating func next() -> Range<Int>? {
        pending.popLast()
    }

    /// Says that rows tried were refused. Returns the bad row when it was alone; otherwise both halves are tried later.
    mutating func refused(_ rows: Range<Int>) -> Int? {
        guard rows.count > 1 else { return rows.first }
        let middle = rows.lowerBound + rows.count / 2
        pending.append(middle..<rows.upperBound)
        pending.append(rows.lowerBound..<middle)
        return nil
    }
}
