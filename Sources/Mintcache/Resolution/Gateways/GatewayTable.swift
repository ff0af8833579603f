import EventLoops
import Glibc
import Synchronization

/// The networks whose content gateways serve.
enum ContentNetwork: String, Sendable {
    case ipfs, arweave

    /// What attempts call its gateways where it cannot be told which of them was late.
    var gateways: String { "\(rawValue) gateways" }
}

/// How the gateways are doing, and whom to ask first. Outlives reloads; bounded: those asked longest ago are forgotten.
///
/// Any thread.
final class GatewayTable: Sendable {
    /// A gateway as people see it: its host, never its URL.
    struct Report: Sendable {
        let host: String
        let network: ContentNetwork
        let standing: GatewayStanding
    }

    private struct Key: Hashable {
        let network: ContentNetwork
        let url: String
    }

    private struct Entry {
        var standing = GatewayStanding()
        var lastUse: UInt64 = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses: UInt64 = 0
    }

    private static let capacity = 256
    /// How long a gateway is waited for while nobody knows how fast it is.
    private static let usualPatience = Duration.seconds(1)
    private static let patienceLimits = Duration.milliseconds(20)...Duration.seconds(5)

    private let state = Mutex(State())
    /// 0 ..< 1.
    private let chance: @Sendable () -> Double

    init(chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }) {
        self.chance = chance
    }

    /// The order in which to ask gateways: by chance, in proportion to weight and health.
    func order(_ gateways: [Configuration.Endpoint], of network: ContentNetwork) -> [Configuration.Endpoint] {
        guard gateways.count > 1 else { return gateways }
        let shares = state.withLock { state in
            gateways.map { gateway in
                let standing = state.entries[Key(network: network, url: gateway.url)]?.standing ?? GatewayStanding()
                return standing.share(ofWeight: gateway.weight)
            }
        }
        // Efraimidis and Spirakis: of exponential waits with these rates, the shortest comes first.
        let waits = shares.map { -log(1 - chance()) / $0 }
        return gateways.indices.sorted { waits[$0] < waits[$1] }.map { gateways[$0] }
    }

    /// How long to wait for a gateway before the next is asked too; nil for as long as it takes.
    func patience(
        with gateway: Configuration.Endpoint, of network: ContentNetwork, _ hedge: Configuration.Upstream.Hedge
    ) -> Duration? {
        switch hedge {
        case .off: return nil
        case .after(let duration): return duration
        case .percentile95:
            let standing = state.withLock { $0.entries[Key(network: network, url: gateway.url)]?.standing }
            guard let usual = standing?.latencies.percentile(95) else { return Self.usualPatience }
            return min(max(usual, Self.patienceLimits.lowerBound), Self.patienceLimits.upperBound)
        }
    }

    func note(_ outcome: GatewayOutcome, of gateway: Configuration.Endpoint, _ network: ContentNetwork) {
        let key = Key(network: network, url: gateway.url)
        state.withLock { state in
            if state.entries[key] == nil { Self.makeRoom(in: &state) }
            state.uses += 1
            state.entries[key, default: Entry()].lastUse = state.uses
            state.entries[key, default: Entry()].standing.note(outcome)
        }
    }

    private static func makeRoom(in state: inout State) {
        guard state.entries.count >= capacity else { return }
        guard let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        state.entries[oldest.key] = nil
    }

    /// Those asked so far, by host.
    var reports: [Report] {
        let entries = state.withLock { $0.entries }
        return entries.map { key, entry in
            let host = ResolutionTrace.host(of: key.url)
            return Report(host: host, network: key.network, standing: entry.standing)
        }
        .sorted { ($0.host, $0.network.rawValue) < ($1.host, $1.network.rawValue) }
    }
}
