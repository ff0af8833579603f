/// How many rows go into one statement: fewer while the server is too slow for many, so that at each attempt some land.
struct StatementSize {
    private let most: Int
    private(set) var rows: Int

    init(most: Int) {
        self.most = most
        rows = most
    }

    /// A statement missed its deadline, on this side or on the server's.
    mutating func timedOut() {
        rows = max(rows / 2, 1)
    }

    /// So many rows were stored in time.
    mutating func succeeded(with count: Int) {
        if count >= rows { rows = min(rows * 2, most) }
    }
}
