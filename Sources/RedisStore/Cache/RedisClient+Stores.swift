import Caching

extension RedisClient {
    /// As ``pipeline(_:within:)``, with failures as the ports name them.
    func replies(to commands: [RedisCommand], within limit: Duration?) async throws(StoreError) -> [RedisReply] {
        do throws(RedisError) {
            return try await pipeline(commands, within: limit)
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs commands whose replies matter only when they are errors; throws the first of those, also one that is inside
    /// the reply of a transaction.
    func expectSuccess(of commands: [RedisCommand]) async throws(StoreError) {
        for reply in try await replies(to: commands, within: nil) {
            for part in [reply] + (reply.elements ?? []) {
                if let error = part.serverError { throw StoreError(error) }
            }
        }
    }
}
