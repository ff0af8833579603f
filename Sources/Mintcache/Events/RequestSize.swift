/// How much of something one request asks for: a limit of ours, less where an endpoint refuses, and more again with time.
struct RequestSize: Sendable {
    /// Full requests that must be answered before more is asked for.
    private static let patience = 16

    let limit: Int
    private(set) var current: Int
    private var answered = 0

    init(limit: Int) {
        self.limit = limit
        current = limit
    }

    /// A request for so much was refused. False when there is no asking for less.
    mutating func refused(_ count: Int) -> Bool {
        answered = 0
        guard count > 1 else { return false }
        current = count / 2
        return true
    }

    /// A request for so much was answered.
    mutating func accepted(_ count: Int) {
        guard count >= current, current < limit else { return }
        answered += 1
        guard answered >= Self.patience else { return }
        answered = 0
        current = min(limit, current * 2)
    }
}
