import Caching
import EventLoops
import Tokens
import UpstreamFetching

/// The watchers of chains' events, one for each chain that the configuration wants watched.
///
/// Pinned to the fetch loop.
actor EventWatch {
    private struct Watching {
        let watcher: ChainWatcher
        let task: Task<Void, Never>
    }

    private let tools: EventTools
    private var watching: [ChainIdentifier: Watching] = [:]

    init(_ tools: EventTools) {
        self.tools = tools
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { tools.loop.asUnownedSerialExecutor() }

    /// Begins to watch what the configuration wants watched, goes on with what was watched before, by its new settings,
    /// and ends the rest. Waits until what the journal remembers is known, if it can be had.
    func adopt(_ configuration: Configuration, client: UpstreamClient) async {
        var wanted: Set<ChainIdentifier> = []
        for chain in configuration.chains where chain.events.isEnabled {
            let identifier = ChainIdentifier(eip155: chain.id)
            wanted.insert(identifier)
            let equipment = ChainWatcher.Equipment(
                name: chain.name, settings: chain.events,
                reader: ChainReader(client: client, endpoints: chain.rpc, timeout: configuration.upstream.timeout),
                retention: configuration.longestUse)
            if let watcher = watching[identifier]?.watcher {
                await watcher.equip(equipment)
            } else {
                await begin(ChainWatcher(chain: identifier, tools: tools, equipment: equipment))
            }
        }
        for (chain, one) in watching where !wanted.contains(chain) {
            one.task.cancel()
            watching[chain] = nil
        }
    }

    private func begin(_ watcher: ChainWatcher) async {
        await watcher.prepare()
        let task = Task(executorPreference: tools.loop) { await watcher.run() }
        watching[watcher.chain] = Watching(watcher: watcher, task: task)
    }

    func stop() {
        for one in watching.values { one.task.cancel() }
        watching = [:]
    }

    /// Where each of them is, by the chain's name.
    func status() async -> [EventStatus] {
        var status: [EventStatus] = []
        for one in watching.values { status.append(await one.watcher.status) }
        return status.sorted { $0.chain < $1.chain }
    }
}

/// Where the reading of a chain's events is.
struct EventStatus: Sendable {
    let chain: String
    /// The last block read; 0 before the first.
    let position: UInt64
    /// The newest block there is.
    let head: UInt64
    /// Contracts whose events are read.
    let contracts: Int

    var lag: UInt64 { head - min(head, position) }
}
