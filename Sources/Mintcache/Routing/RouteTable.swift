/// Finds the route of a path.
struct RouteTable: Sendable {
    /// Longest prefix first, so that the first that matches is the one.
    private let routes: [Route]
    /// The folded prefixes of the routes that ask more of their visitors than one with this key; no key where none does.
    private let stricter: [Configuration.Route.Auth: [[UInt8]]]

    init(_ routes: [Configuration.Route]) {
        let table = routes.map(Route.init).sorted { $0.prefix.count > $1.prefix.count }
        self.routes = table
        let prefixes = Configuration.Route.Auth.allCases.map { auth -> (Configuration.Route.Auth, [[UInt8]]) in
            let others = table.filter { $0.auth.rank > auth.rank }
            return (auth, others.flatMap { FoldedPath.readings(of: $0.prefix).map(\.octets) })
        }
        stricter = Dictionary(uniqueKeysWithValues: prefixes.filter { !$0.1.isEmpty })
    }

    var isEmpty: Bool { routes.isEmpty }

    /// The route with this name.
    func route(named name: String) -> Route? { routes.first { $0.name == name } }

    /// The route with the longest prefix of `path`; `/a` is the root of the route `/a/`, and `*` belongs to `/`. Copies
    /// and allocates nothing.
    ///
    /// - Parameter path: normalised, without the query.
    func route(for path: UnsafeRawBufferPointer) -> Route? {
        routes.first { $0.serves(path) }
    }

    /// Whether a path that belongs to a route may be read by an upstream as one of another route that asks more of its
    /// visitors; or as one that leads nobody knows where. Costs nothing where no route asks more.
    ///
    /// - Parameter path: normalised, so that it has no dot segments that everybody sees.
    func mayEscape(_ route: Route, by path: [UInt8]) -> Bool {
        guard let prefixes = stricter[route.auth] else { return false }
        return FoldedPath.readings(of: path).contains { reading in
            reading.climbs || prefixes.contains { reading.octets.starts(with: $0) }
        }
    }
}

extension Configuration {
    /// The names of routes on which wallets have answers of their own: see ``PurgeBook/judgedRoutes``.
    var judgedRoutes: Set<String> { Set(routes.filter(\.cache.isPerWallet).map(\.name)) }
}

extension Configuration.Route.Auth {
    /// How much is asked of visitors.
    fileprivate var rank: Int {
        switch self {
        case .none: 0
        case .optional: 1
        case .required: 2
        }
    }
}

extension Route {
    fileprivate func serves(_ path: UnsafeRawBufferPointer) -> Bool {
        if path.count >= prefix.count { return path.starts(with: prefix) || isAsterisk(path) }
        return path.count == prefix.count - 1 && path.count > 0 && prefix.starts(with: path)
    }

    /// The form of OPTIONS for the server itself (RFC 9110, section 7.1).
    private func isAsterisk(_ path: UnsafeRawBufferPointer) -> Bool {
        prefix.count == 1 && path.count == 1 && path.first == UInt8(ascii: "*")
    }
}
