import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// The built-in routes of content by its address, those that are switched on.
struct ContentRoutes: Sendable {
    /// What is held back until it is known to be right, at most.
    private static let heldLimit = 4 << 20

    private let routes: [Route]

    init(_ configuration: Configuration, table: GatewayTable, loop: EventLoop, metrics: Metrics) {
        let content = configuration.content
        let limits = GatewayExchange.Limits(
            body: content.maximumBody.value, held: min(content.maximumEntry.value, Self.heldLimit))
        let origin = ContentOrigin(
            gateways: configuration.gateways, rules: ContentRules(configuration), table: table,
            hedge: configuration.upstream.hedge, timeout: configuration.upstream.timeout, limits: limits, loop: loop,
            metrics: metrics)
        let kinds = [("ipfs", content.ipfs), ("ipns", content.ipns), ("ar", content.arweave)]
        routes = kinds.filter(\.1).map { name, _ in
            Route(
                content: name, origin, maximumEntry: content.maximumEntry.value, timeout: configuration.upstream.timeout
            )
        }
    }

    /// The route that a path belongs to by its beginning.
    func route(for path: UnsafeRawBufferPointer) -> Route? {
        if path.contains(0x25) { return CanonicalPath.unreserved(path).withUnsafeBytes { route(forPlain: $0) } }
        return route(forPlain: path)
    }

    private func route(forPlain path: UnsafeRawBufferPointer) -> Route? {
        guard path.count > 3, path[1] == UInt8(ascii: "i") || path[1] == UInt8(ascii: "a") else { return nil }
        return routes.first { path.starts(with: $0.prefix) }
    }
}

extension ContentKinds {
    init(_ content: Configuration.Content) {
        self.init(ipfs: content.ipfs, ipns: content.ipns, arweave: content.arweave)
    }
}
