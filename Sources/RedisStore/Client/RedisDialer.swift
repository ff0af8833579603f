import EventLoops

/// Makes connections to one server that are ready for commands.
struct RedisDialer: Sendable {
    let loop: EventLoop
    private let url: RedisURL
    private let options: RedisClient.Options
    private let resolver: AddressResolver
    private let tls: TLSClient?

    /// Throws ``RedisError/refused(_:)`` when the file of trusted certificates cannot be read.
    init(
        _ url: RedisURL, options: RedisClient.Options, loop: EventLoop, resolver: AddressResolver
    ) throws(RedisError) {
        self.url = url
        self.options = options
        self.loop = loop
        self.resolver = resolver
        do throws(StreamError) {
            tls = url.usesTLS ? try TLSClient(serverName: url.host, trust: options.trust) : nil
        } catch {
            throw .refused(error.description)
        }
    }

    /// Looks the name up, tries its addresses in turn and signs in. Call on the loop.
    func dial() async throws(RedisError) -> RedisConnection {
        let deadline = loop.now + options.connectTimeout
        let connection = try RedisConnection(try await openStream(until: deadline), on: loop)
        let handshake = RedisHandshake(url, name: options.name)
        do throws(RedisError) {
            // A server that is too slow for commands is too slow here already.
            try handshake.check(try await connection.exchange(handshake.commands, within: options.timeout))
        } catch {
            connection.close(error)
            throw error
        }
        return connection
    }

    private func openStream(until deadline: MonotonicTime) async throws(RedisError) -> ByteStream {
        let addresses: [SocketAddress]
        do throws(ResolutionError) {
            addresses = try await resolver.addresses(of: url.host, port: url.port, within: options.connectTimeout)
        } catch {
            throw .unreachable(error.description)
        }
        var failure = RedisError.unreachable("the name \(url.host) has no address")
        for (index, address) in addresses.enumerated() {
            let left = deadline - .current
            guard left > .zero else { throw .unreachable("connecting took too long") }
            // An address that swallows everything must leave time for the next one.
            let share = left / (addresses.count - index)
            do throws(StreamError) {
                return try await ByteStream.connect(to: address, tls: tls, on: loop, within: share)
            } catch {
                failure = .unreachable("\(address): \(error)")
            }
        }
        throw failure
    }
}
