/// Stops those who pass while it is closed.
actor Gate {
    private var isClosed = false
    private var stopped: [CheckedContinuation<Void, Never>] = []

    func close() {
        isClosed = true
    }

    func open() {
        isClosed = false
        for continuation in stopped { continuation.resume() }
        stopped = []
    }

    func pass() async {
        guard isClosed else { return }
        await withCheckedContinuation { stopped.append($0) }
    }
}
