import EventLoops

/// Makes connections that are ready for commands. Call on the loop.
protocol RedisDialing: Sendable {
    func dial() async throws(RedisError) -> RedisConnection
    /// Whom attempts are counted against.
    var endpoint: RedisEndpoint { get }
    /// Forgets what was learnt about where the server is.
    func forgetPlace()
}

/// Dials one server.
struct RedisDialer: RedisDialing {
    let endpoint: RedisEndpoint
    private let plan: ConnectionPlan
    private let handshake: RedisHandshake

    init(_ endpoint: RedisEndpoint, _ plan: ConnectionPlan, credentials: RedisURL.Credentials?, database: Int = 0) {
        self.endpoint = endpoint
        self.plan = plan
        handshake = RedisHandshake(credentials, database: database, name: plan.options.name)
    }

    /// Looks the name up, tries its addresses in turn and signs in.
    func dial() async throws(RedisError) -> RedisConnection {
        let deadline = plan.loop.now + plan.options.connectTimeout
        let connection = try RedisConnection(try await openStream(until: deadline), on: plan.loop)
        do throws(RedisError) {
            // A server that is too slow for commands is too slow here already.
            let limit = plan.options.slowReply
            try handshake.check(try await connection.exchange(handshake.commands, within: limit))
        } catch {
            connection.close(error)
            // The words of a server that has no place get lost when it hangs up while we introduce ourselves.
            if case .unreachable = error, connection.wasEndedByPeer { throw .turnedAway }
            throw error
        }
        return connection
    }

    func forgetPlace() {
        plan.resolver.forget(endpoint.host)
    }

    private func openStream(until deadline: MonotonicTime) async throws(RedisError) -> ByteStream {
        let addresses: [SocketAddress]
        do throws(ResolutionError) {
            addresses = try await plan.resolver.addresses(
                of: endpoint.host, port: endpoint.port, within: plan.options.connectTimeout)
        } catch {
            throw .unreachable(error.description)
        }
        let tls = plan.tls(with: endpoint.host)
        var failure = RedisError.unreachable("the name \(endpoint.host) has no address")
        for (index, address) in addresses.enumerated() {
            let left = deadline - .current
            guard left > .zero else { throw .unreachable("connecting took too long") }
            // An address that swallows everything must leave time for the next one.
            let share = left / (addresses.count - index)
            do throws(StreamError) {
                return try await ByteStream.connect(to: address, tls: tls, on: plan.loop, within: share)
            } catch {
                failure = .unreachable("\(address): \(error)")
            }
        }
        throw failure
    }
}
