import EventLoops

/// One place at which the server may listen.
struct PostgresHost: Equatable, CustomStringConvertible {
    /// A name, an address or the folder of a Unix socket; empty for libpq's own default.
    var name: String
    /// The address to connect to, when the name is not to be looked up.
    var address: String?
    var port: UInt16

    var isSocket: Bool { name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@") }

    var description: String {
        let shown = name.isEmpty ? address ?? "" : name
        return shown.contains(":") ? "[\(shown)]:\(port)" : "\(shown):\(port)"
    }

    /// The hosts of a URL, in order: libpq lets `host`, `hostaddr` and `port` be lists of one length, or one port
    /// serve all.
    static func list(_ url: PostgresURL) -> [PostgresHost] {
        let names = split(url.option("host"))
        let addresses = split(url.option("hostaddr"))
        let ports = split(url.option("port")).map { UInt16($0) ?? 5432 }
        return (0..<max(names.count, addresses.count, 1)).map { index in
            let address = index < addresses.count ? addresses[index] : ""
            return PostgresHost(
                name: index < names.count ? names[index] : "",
                address: address.isEmpty ? nil : address,
                port: ports.isEmpty ? 5432 : ports[min(index, ports.count - 1)]
            )
        }
    }

    private static func split(_ list: String?) -> [String] {
        guard let list, !list.isEmpty else { return [] }
        return list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Every address of every host. libpq would look names up itself and block the loop for as long as that takes.
    static func resolve(
        _ url: PostgresURL, by resolver: AddressResolver, within limit: Duration
    ) async throws(PostgresFailure) -> [PostgresHost] {
        var found: [PostgresHost] = []
        var reason = "no host is given"
        for host in list(url) {
            if host.isSocket || host.address != nil {
                found.append(host)
                continue
            }
            do throws(ResolutionError) {
                for address in try await resolver.addresses(of: host.name, port: host.port, within: limit) {
                    found.append(PostgresHost(name: host.name, address: address.numericHost, port: host.port))
                }
            } catch {
                reason = error.description
            }
        }
        guard !found.isEmpty else { throw .connection(reason) }
        return found
    }
}
