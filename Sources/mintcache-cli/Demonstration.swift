import EventLoops
import Mintcache
import SampleUpstream
import Tokens

/// The bundled sample upstream beside the proxy, reached by loopback.
final class Demonstration: Sendable {
    private let upstream: SampleUpstream
    private let loop: EventLoop
    private let baseURL: String
    private let rpcURL: String

    private init(_ upstream: SampleUpstream, _ loop: EventLoop) {
        self.upstream = upstream
        self.loop = loop
        baseURL = upstream.baseURL
        rpcURL = upstream.rpcURL
    }

    static func start() async throws(StartupError) -> Demonstration {
        do throws(SystemCallError) {
            let loop = try EventLoop(label: "mintcache.sample")
            let upstream = SampleUpstream()
            _ = try await upstream.start(on: [loop])
            return Demonstration(upstream, loop)
        } catch {
            throw StartupError("cannot start the sample upstream: \(error)")
        }
    }

    func stop() async {
        await upstream.stop()
        loop.shutdown()
    }

    var chain: Configuration.Chain {
        Configuration.Chain(
            name: "demo", id: SampleUpstream.chainIdentifier, rpc: [Configuration.Endpoint(url: rpcURL)])
    }

    /// The configuration with its gateways first, and this one loopback address allowed.
    func added(to loaded: LoadedConfiguration) -> LoadedConfiguration {
        var configuration = loaded.configuration
        let endpoint = { (url: String) in Configuration.Endpoint(url: url) }
        configuration.gateways.ipfs.insert(endpoint(baseURL), at: 0)
        configuration.gateways.arweave.insert(endpoint(baseURL), at: 0)
        configuration.upstream.allowHosts.append(String(baseURL.dropFirst("http://".count)))
        return loaded.replacing(configuration)
    }

    /// Three requests that show most: a token on IPFS, one on chain, a multi-token.
    func examples(port: UInt16) -> [String] {
        ["Orchard", "Inkwell", "Bazaar"].compactMap { name in
            guard let collection = upstream.collections.first(where: { $0.name == name }),
                let token = collection.examples.first?.token
            else { return nil }
            return "curl -i http://127.0.0.1:\(port)/v1/demo/\(collection.contract.checksummed)/\(token)"
        }
    }
}
