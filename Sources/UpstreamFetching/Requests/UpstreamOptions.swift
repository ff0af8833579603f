/// How upstreams are treated. The defaults are those of the configuration file's `upstream` section.
public struct UpstreamOptions: Sendable {
    /// TCP and TLS together.
    public var connectTimeout = Duration.seconds(2)
    /// One name look-up.
    public var lookUpTimeout = Duration.seconds(2)
    /// Everything, for requests that do not bring their own.
    public var timeout = Duration.seconds(30)
    /// Decoded bytes, for requests that do not bring their own.
    public var maximumBodyBytes = 10 * 1024 * 1024
    /// Further attempts after the first.
    public var retries = 2
    /// Transfers at a time to one host and port.
    public var connectionsPerHost = 16
    /// Transfers at a time in all.
    public var maximumInFlight = 256
    /// Requests that may wait for their turn, in all.
    public var maximumWaiting = 1024
    /// Whether untrusted URLs reach loopback, RFC 1918, RFC 6598 and unique local addresses, on any port.
    public var allowPrivateNetworks = false
    /// Hosts that untrusted URLs reach whatever their addresses are.
    public var allowHosts: [HostPattern] = []
    /// Hosts that untrusted URLs never reach. Wins over `allowHosts`.
    public var denyHosts: [HostPattern] = []
    /// Ports that untrusted URLs reach.
    public var permittedPorts: Set<UInt16> = [80, 443]
    public var userAgent = "mintcache"
    /// A PEM file of certificate authorities instead of the system's.
    public var certificateAuthorityFile: String?
    /// When hosts that fail are left alone.
    public var breaker = BreakerLimits()
    /// When a body is given up as too slow.
    public var pace = PaceLimits()

    public init() {}
}
