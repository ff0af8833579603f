import UpstreamFetching

/// Four clients that share nothing: one for the chains' endpoints and the gateways, one for where token URIs lead, one
/// for providers, one for the upstreams of routes. So hosts that strangers choose, and downloads that take their time,
/// can use up neither the places nor the goodwill that tokens need, and a provider's API that wants to be left alone
/// does not close its JSON-RPC on the same host.
struct UpstreamClients: Sendable {
    let configured: UpstreamClient
    let strangers: UpstreamClient
    let providers: UpstreamClient
    let routes: UpstreamClient

    private var all: [UpstreamClient] { [configured, strangers, providers, routes] }

    func health() async -> [HostHealth] {
        var health: [HostHealth] = []
        for client in all { health += await client.health() }
        return health
    }

    func counters() async -> [UpstreamCounters] {
        var counters: [UpstreamCounters] = []
        for client in all { counters.append(await client.counters()) }
        return counters
    }

    func shutdown() async {
        for client in all { await client.shutdown() }
    }
}
