public import EventLoops

/// The name look-ups of a client. Strangers' names have threads of their own: a name server that never answers holds
/// one for as long as it likes, and must not keep the operator's gateways from being found.
public struct Resolvers: Sendable {
    public var configured: AddressResolver
    public var untrusted: AddressResolver

    public init(
        configured: AddressResolver = AddressResolver(threads: 2, pending: 64),
        untrusted: AddressResolver = AddressResolver(threads: 8, pending: 256)
    ) {
        self.configured = configured
        self.untrusted = untrusted
    }

    subscript(trust: UpstreamRequest.Trust) -> AddressResolver {
        switch trust {
        case .configured: configured
        case .untrusted: untrusted
        }
    }
}
