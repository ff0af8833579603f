import Tokens

/// Reads that wait for a connection. While one statement is under way the next one gathers whatever comes, so that
/// reads cost round trips by time and not by number. Loop-confined.
final class ReadQueue {
    private var waiting: [ReadRequest] = []
    private let maximumKeys: Int

    init(maximumKeys: Int) {
        self.maximumKeys = maximumKeys
    }

    var count: Int { waiting.count }

    func append(_ request: ReadRequest) {
        waiting.append(request)
    }

    /// Takes requests for one statement, at least one when any is left; those that are over drop out.
    func takeBatch() -> [ReadRequest] {
        var batch: [ReadRequest] = []
        var keys = 0
        var seen = 0
        for request in waiting {
            if !request.isOver {
                if !batch.isEmpty, keys + request.references.count > maximumKeys { break }
                keys += request.references.count
                batch.append(request)
            }
            seen += 1
        }
        waiting.removeFirst(seen)
        return batch
    }

    func takeAll() -> [ReadRequest] {
        defer { waiting.removeAll() }
        return waiting
    }
}
