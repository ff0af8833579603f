/// Pipelines in the order in which they were sent, which is the order of the replies.
struct PipelineQueue {
    private var storage: [PendingPipeline?] = []
    private var head = 0
    /// Commands in all of them.
    private(set) var commandCount = 0

    var first: PendingPipeline? { head < storage.count ? storage[head] : nil }

    mutating func append(_ pipeline: PendingPipeline) {
        storage.append(pipeline)
        commandCount += pipeline.commandCount
    }

    mutating func removeFirst() {
        guard let first else { return }
        commandCount -= first.commandCount
        storage[head] = nil
        head += 1
        guard head > 64, head > storage.count / 2 else { return }
        storage.removeFirst(head)
        head = 0
    }

    /// Empties the queue and answers what was in it.
    mutating func removeAll() -> [PendingPipeline] {
        defer { self = PipelineQueue() }
        return storage[head...].compactMap { $0 }
    }
}
