import UpstreamFetching

/// Two clients that share nothing: one for what the operator configured, one for where token URIs lead. So hosts that
/// strangers choose can use up neither the places nor the goodwill of the chains' endpoints and the gateways.
struct UpstreamClients: Sendable {
    let configured: UpstreamClient
    let strangers: UpstreamClient

    func health() async -> [HostHealth] {
        await configured.health() + strangers.health()
    }

    func counters() async -> [UpstreamCounters] {
        [await configured.counters(), await strangers.counters()]
    }

    func shutdown() async {
        await configured.shutdown()
        await strangers.shutdown()
    }
}
