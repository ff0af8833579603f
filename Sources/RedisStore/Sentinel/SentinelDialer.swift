import EventLoops

/// Dials the master that sentinels name, and makes sure that it is one: a sentinel that was cut off may name a server
/// that has been replaced. Each new connection begins with the sentinels, so it follows a failover.
struct SentinelDialer: RedisDialing {
    private let plan: ConnectionPlan
    private let master: String

    init(_ plan: ConnectionPlan, master: String) {
        self.plan = plan
        self.master = master
    }

    /// The sentinels come first, so they are what is spared.
    var endpoint: RedisEndpoint { plan.url.endpoints[0] }

    func dial() async throws(RedisError) -> RedisConnection {
        var failure = RedisError.unreachable("no sentinel answers")
        for sentinel in plan.url.endpoints.shuffled() {
            do throws(RedisError) {
                return try await dialMaster(at: try await place(by: sentinel))
            } catch {
                // That we are refused is worth more than that another is away.
                if case .refused = failure { continue }
                failure = error
            }
        }
        throw failure
    }

    func forgetPlace() {
        for sentinel in plan.url.endpoints { plan.resolver.forget(sentinel.host) }
    }

    private func place(by sentinel: RedisEndpoint) async throws(RedisError) -> RedisEndpoint {
        let dialer = RedisDialer(sentinel, plan, credentials: plan.url.sentinelCredentials)
        let connection = try await dialer.dial()
        defer { connection.close(.closed) }
        let command = RedisCommand("SENTINEL", "get-master-addr-by-name", master)
        let reply = try await connection.exchange([command], within: plan.options.timeout).first
        if let error = reply?.serverError { throw .refused("the sentinel \(sentinel) answers \(error.code)") }
        guard let parts = reply?.elements, parts.count == 2, let host = parts[0].text, !host.isEmpty,
            let port = parts[1].text.flatMap({ UInt16($0) })
        else { throw .refused("the sentinel \(sentinel) knows no master of this name") }
        return RedisEndpoint(host: host, port: port)
    }

    private func dialMaster(at endpoint: RedisEndpoint) async throws(RedisError) -> RedisConnection {
        let dialer = RedisDialer(endpoint, plan, credentials: plan.url.credentials, database: plan.url.database)
        let connection = try await dialer.dial()
        do throws(RedisError) {
            let role = try await connection.exchange([RedisCommand("ROLE")], within: plan.options.timeout).first
            // An account may lack the right to ask; writes will tell then.
            if role?.serverError == nil, role?.elements?.first?.text != "master" {
                throw .unreachable("\(endpoint) is not the master; the sentinels have not noticed yet")
            }
            return connection
        } catch {
            connection.close(error)
            throw error
        }
    }
}
