import EventLoops
import SampleUpstream
import Testing
import Tokens
import UpstreamFetching

@testable import Mintcache

/// The calls of contracts alone, against the sample upstream: no proxy, no documents.
final class ContractBench: Sendable {
    let upstream: SampleUpstream
    let metrics = Metrics()
    let chain: Configuration.Chain
    let caller: ContractCaller
    let loop: EventLoop
    private let client: UpstreamClient
    private let upstreamLoops: EventLoopGroup

    struct Options {
        var batching = Configuration.Batching()
        /// What stands behind the URL of the chain's JSON-RPC, for each endpoint.
        var endpoints = [""]
        var retries = 0

        /// - Parameter window: long enough for calls that are made together to be gathered on a busy machine, too. A full
        ///   batch does not wait for its end.
        static func gathering(
            _ mode: Configuration.Batching.Mode = .rpc, window: Duration = .milliseconds(200), size: Int = 100,
            endpoints: [String] = [""], retries: Int = 0
        ) -> Options {
            var options = Options(endpoints: endpoints, retries: retries)
            options.batching.mode = mode
            options.batching.window = window
            options.batching.size = size
            return options
        }
    }

    private init(_ options: Options, _ upstream: SampleUpstream, _ upstreamLoops: EventLoopGroup) throws {
        self.upstream = upstream
        self.upstreamLoops = upstreamLoops
        loop = try EventLoop(label: "calls")
        var fetching = UpstreamOptions()
        fetching.retries = 0
        client = UpstreamClient(loop: loop, options: fetching)
        chain = Configuration.Chain(
            name: "demo", id: SampleUpstream.chainIdentifier,
            rpc: options.endpoints.map { Configuration.Endpoint(url: upstream.rpcURL + $0) },
            batching: options.batching)
        caller = ContractCaller(
            gatherers: CallGatherers(loop: loop, metrics: metrics), client: client, retries: options.retries)
    }

    static func run(_ options: Options = .gathering(), _ body: (ContractBench) async throws -> Void) async throws {
        let loops = try EventLoopGroup(count: 1, label: "upstream")
        let upstream = SampleUpstream()
        _ = try await upstream.start(on: loops.loops)
        let bench = try ContractBench(options, upstream, loops)
        do {
            try await body(bench)
        } catch {
            await bench.end()
            throw error
        }
        await bench.end()
    }

    private func end() async {
        await client.shutdown()
        await upstream.stop()
        upstreamLoops.shutdown()
        loop.shutdown()
    }

    // MARK: Acting

    func contract(_ name: String) -> ContractAddress {
        guard let listing = upstream.collections.first(where: { $0.name == name }) else {
            preconditionFailure("The sample upstream has no collection \(name).")
        }
        return listing.contract
    }

    func call(_ collection: String, _ number: UInt64) -> ContractCall {
        .tokenURI(of: TokenIdentifier(number), in: contract(collection))
    }

    /// What became of one call.
    enum Result: Equatable {
        case text(String)
        case outcome(CallOutcome)
        case problem(Int, attempts: [String])
    }

    /// The chain's tokens' URIs, as the sources of a proxy ask for them.
    var reader: TokenURIReader { TokenURIReader(caller: caller, standards: standards) }
    private let standards = StandardMemory()

    /// What a reload makes: the same gatherers, a newer configuration.
    func reloaded(endpoints: [String]) -> (ContractCaller, Configuration.Chain) {
        var chain = chain
        chain.rpc = endpoints.map { Configuration.Endpoint(url: upstream.rpcURL + $0) }
        return (ContractCaller(gatherers: caller.gatherers, client: client, retries: 0), chain)
    }

    func ask(_ call: ContractCall, within limit: Duration = .seconds(20)) async -> Result {
        var trace = ResolutionTrace()
        do throws(Problem) {
            let outcome = try await caller.outcome(of: call, on: chain, by: .current + limit, &trace)
            guard case .returned(let data) = outcome, let text = try? ABI.decodeString(data) else {
                return .outcome(outcome)
            }
            return .text(text)
        } catch {
            return .problem(error.status, attempts: error.attempts.map(\.outcome))
        }
    }

    /// Asks for many tokens of a collection at once, each in a task of its own as flights do.
    func ask(
        _ collection: String, _ numbers: some Sequence<UInt64>, within limit: Duration = .seconds(20)
    ) async
        -> [UInt64: Result]
    {
        await withTaskGroup(of: (UInt64, Result).self) { group in
            for number in numbers {
                group.addTask(executorPreference: self.loop) {
                    (number, await self.ask(self.call(collection, number), within: limit))
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// JSON-RPC round trips so far.
    var requests: Int { upstream.counters.rpcRequests }
}

extension [UInt64: ContractBench.Result] {
    /// How many ended in a text.
    var texts: Int { values.count { if case .text = $0 { true } else { false } } }
}
