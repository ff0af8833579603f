import EventLoops

/// Which URLs and addresses may be reached, by whom.
struct AddressPolicy: Sendable {
    private let allowPrivateNetworks: Bool
    private let allowHosts: [HostPattern]
    private let denyHosts: [HostPattern]
    private let permittedPorts: Set<UInt16>

    init(_ options: UpstreamOptions) {
        allowPrivateNetworks = options.allowPrivateNetworks
        allowHosts = options.allowHosts
        denyHosts = options.denyHosts
        permittedPorts = options.permittedPorts
    }

    /// What the URL may connect to; throws when it may not be fetched at all. Looks at no address.
    func gate(for url: UpstreamURL, trust: UpstreamRequest.Trust) throws(FetchFailure) -> AddressGate {
        switch trust {
        case .configured:
            return AddressGate(rule: .anything, denied: [], port: url.port)
        case .untrusted:
            break
        }
        if denyHosts.contains(where: { $0.names(url.host) && ($0.port == nil || $0.port == url.port) }) {
            throw FetchFailure(.refusedURL, url.authority, "the host is denied by the configuration")
        }
        let isPermittedPort = permittedPorts.contains(url.port)
        let isAllowed = allowHosts.contains { pattern in
            pattern.names(url.host) && (pattern.port.map { $0 == url.port } ?? isPermittedPort)
        }
        if isAllowed { return AddressGate(rule: .anything, denied: denyHosts, port: url.port) }
        if allowPrivateNetworks {
            return AddressGate(
                rule: isPermittedPort ? .globalOrPrivate : .privateOnly, denied: denyHosts, port: url.port)
        }
        guard isPermittedPort else {
            throw FetchFailure(.refusedURL, url.authority, "the port is not open to untrusted URLs")
        }
        return AddressGate(rule: .globalOnly, denied: denyHosts, port: url.port)
    }
}

/// The addresses one transfer may connect to. Asked before the transfer, at its socket, and again for the peer of a
/// connection that was open already.
struct AddressGate: Sendable {
    enum Rule: Sendable {
        case anything
        case globalOnly
        case globalOrPrivate
        /// Private networks are open on every port, the internet is not.
        case privateOnly
    }

    let rule: Rule
    /// Numeric entries shut out an address under every name it has.
    let denied: [HostPattern]
    let port: UInt16

    /// Why the address is refused; `nil` when it may be reached.
    func refusal(of address: SocketAddress) -> String? {
        guard address.port == port else { return "the port is not the URL's" }
        if !denied.isEmpty {
            let numeric = address.numericHost
            let isDenied = denied.contains { $0.names(numeric) && ($0.port == nil || $0.port == port) }
            if isDenied { return "the address is denied by the configuration" }
        }
        switch (rule, AddressScope(address)) {
        case (.anything, _): return nil
        case (.globalOnly, .global), (.globalOrPrivate, .global): return nil
        case (.privateOnly, .global): return "the port is not open to untrusted URLs"
        case (.globalOrPrivate, .special(let range)), (.privateOnly, .special(let range)):
            return range.isPrivateNetwork ? nil : "the address is not public (\(range.rawValue))"
        case (.globalOnly, .special(let range)): return "the address is not public (\(range.rawValue))"
        }
    }
}
