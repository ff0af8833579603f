/// Pipelines that wait for a connection which is about to be there. Confined to a loop.
struct ParkedPipelines {
    private var pipelines: [PendingPipeline] = []
    private var commands = 0
    private var bytes = 0

    /// Takes a pipeline, or fails it when too much is waiting.
    mutating func add(_ pipeline: PendingPipeline, _ options: RedisClient.Options) {
        let isFull =
            commands + pipeline.commandCount > options.maximumPendingCommands
            || bytes + pipeline.bytes.count > options.maximumPendingBytes
        if isFull { return pipeline.finish(.failure(.overloaded)) }
        pipelines.append(pipeline)
        commands += pipeline.commandCount
        bytes += pipeline.bytes.count
    }

    /// Those that somebody still waits for; none is left.
    mutating func take() -> [PendingPipeline] {
        defer { self = ParkedPipelines() }
        return pipelines.filter { !$0.isFinished }
    }

    mutating func fail(_ error: RedisError) {
        for pipeline in take() { pipeline.finish(.failure(error)) }
    }
}
