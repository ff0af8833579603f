import UpstreamFetching

/// Three clients that share nothing: one for the chains' endpoints and the gateways, one for where token URIs lead, one
/// for the upstreams of routes. So hosts that strangers choose, and downloads that take their time, can use up neither
/// the places nor the goodwill that tokens need.
struct UpstreamClients: Sendable {
    let configured: UpstreamClient
    let strangers: UpstreamClient
    let routes: UpstreamClient

    private var all: [UpstreamClient] { [configured, strangers, routes] }

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
