import EventLoops
import MintcacheTesting

/// Many clients that ask for one thing at the same time, each on a connection of its own to the scene's first proxy.
enum RouteCrowd {
    struct Member: Sendable {
        /// `nil` when there was none in time, or the connection ended first.
        let answer: SceneAnswer?
        let duration: Duration
    }

    /// - Parameters:
    ///   - leaver: whether the client that asks first, ahead of the others, leaves when all have asked.
    ///   - waiting: called when everybody has asked and the origin has the first request.
    static func ask(
        _ count: Int, _ target: String = "/x", in scene: RouteScene, leaver: Bool = false,
        whenWaiting waiting: @Sendable () -> Void = {}
    ) async throws -> [Member] {
        var clients: [SceneClient] = []
        for _ in 0..<count { clients.append(try await scene.client()) }
        let start = MonotonicTime.current
        let before = scene.origin.requestCount
        await clients[0].ask("GET", target)
        try await scene.origin.received(before + 1)
        for client in clients.dropFirst() { await client.ask("GET", target) }
        // Requests that other connections, one on each of the two loops, sent later have been answered: the crowd's were
        // read before them.
        for _ in 0..<2 {
            let last = try await scene.client()
            _ = try await last.request("GET", "/healthz")
            await last.close()
        }
        if leaver { await clients[0].close() }
        waiting()
        let members = await withTaskGroup(of: Member.self) { group in
            for client in leaver ? clients.dropFirst() : clients[...] {
                group.addTask {
                    let answer = try? await client.answer(within: .seconds(8))
                    return Member(answer: answer, duration: (answer?.arrival ?? .current) - start)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for client in clients { await client.close() }
        return members
    }
}
