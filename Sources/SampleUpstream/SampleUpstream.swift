public import EventLoops
import HTTPServing
import Synchronization

/// A small internet in one server: a chain's JSON-RPC at `/rpc`, IPFS and Arweave gateways, a web host, the APIs of
/// providers, several collections of its own, counters of everything asked for, and faults on demand.
///
/// It stands for the outside world in tests, demonstrations and benchmarks. Everything it serves is made when asked for
/// and is the same every time. All members may be used from any context.
public final class SampleUpstream: Sendable {
    public struct Configuration: Sendable {
        /// Where to listen, port 0 taking a free one; `nil` for a free port of 127.0.0.1.
        public var address: SocketAddress?
        /// How clients reach the server, for the URLs that it hands out; `nil` for `http://` and the bound address.
        public var publicURL: String?
        /// Real documents to serve besides the bundled collections.
        public var corpus: Corpus?
        /// Whether `/{transaction}` redirects before it answers, as Arweave's public gateways do.
        public var usesArweaveSandbox: Bool

        public init(
            address: SocketAddress? = nil, publicURL: String? = nil, corpus: Corpus? = nil,
            usesArweaveSandbox: Bool = false
        ) {
            self.address = address
            self.publicURL = publicURL
            self.corpus = corpus
            self.usesArweaveSandbox = usesArweaveSandbox
        }
    }

    private enum Phase {
        case idle
        case starting
        case serving(HTTPServer, UpstreamAnswers, baseURL: String)
        case stopped
    }

    /// The key that the simulated providers want.
    public static let providerKey = "sample-provider-key"

    /// The number of the simulated chain in EIP-155.
    public static let chainIdentifier = SampleChain.identifier

    private let configuration: Configuration
    let state = UpstreamState()
    private let phase = Mutex(Phase.idle)

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    // MARK: Life

    /// Starts serving on the loops, until ``stop()``, and returns the address that was bound. Throws when it cannot be.
    /// Once only.
    @discardableResult
    public func start(on loops: [EventLoop]) async throws(SystemCallError) -> SocketAddress {
        phase.withLock { phase in
            guard case .idle = phase else { preconditionFailure("A sample upstream is started once.") }
            phase = .starting
        }
        let listening = ServerConfiguration(address: configuration.address ?? .freeLoopbackPort)
        let server = try await HTTPServer.start(listening, on: loops) { _ in UpstreamHandler { self.answers } }
        let baseURL = configuration.publicURL ?? "http://\(server.address)"
        let internet = SampleInternet(
            baseURL: baseURL, corpus: configuration.corpus, revisions: state.revisions, history: state.history)
        let answers = UpstreamAnswers(
            internet: internet, state: state, corpus: configuration.corpus,
            usesArweaveSandbox: configuration.usesArweaveSandbox)
        phase.withLock { $0 = .serving(server, answers, baseURL: baseURL) }
        return server.address
    }

    /// Closes every connection, hanging ones too, and stops listening. The loops must still run.
    public func stop() async {
        let server: HTTPServer? = phase.withLock { phase in
            defer { phase = .stopped }
            return if case .serving(let server, _, baseURL: _) = phase { server } else { nil }
        }
        await server?.close()
    }

    private var answers: UpstreamAnswers? {
        phase.withLock { if case .serving(_, let answers, baseURL: _) = $0 { answers } else { nil } }
    }

    // MARK: What it serves

    /// `http://127.0.0.1:8545`, without a slash at the end; empty while it does not serve.
    public var baseURL: String {
        phase.withLock { if case .serving(_, _, let baseURL) = $0 { baseURL } else { "" } }
    }

    /// The URL of the chain's JSON-RPC.
    public var rpcURL: String { baseURL + UpstreamPath.rpc }

    /// The bundled collections; none while it does not serve.
    public var collections: [CollectionListing] { answers?.internet.listings ?? [] }

    /// The documents of the corpus, with the tokens they are served for.
    public var corpus: [CorpusEntry] { configuration.corpus?.entries ?? [] }

    /// The lines of Mintcache's configuration that make it use this upstream, under the chain name `demo`.
    public var configurationExcerpt: String {
        """
        chains:   { demo: { id: \(Self.chainIdentifier), rpc: ["\(rpcURL)"] } }
        gateways: { ipfs: ["\(baseURL)"], arweave: ["\(baseURL)"] }
        upstream: { allow_private_networks: true }
        """
    }

    // MARK: What tests look at and change

    /// What was asked for since the start or the last reset.
    public var counters: UpstreamCounters { state.counters }

    public func resetCounters() {
        state.resetCounters()
    }

    /// Lets matching requests meet a fault from now on; of several that match, the one set first. False when there are
    /// a thousand already.
    @discardableResult
    public func setFault(_ fault: Fault) -> Bool {
        state.addFault(fault) != nil
    }

    public func clearFaults() {
        state.clearFaults()
    }

    /// Changes the document of one of Lantern's tokens, or with `nil` of all of them.
    public func advanceLantern(_ token: UInt64? = nil) {
        state.revisions.advance(token)
    }
}

extension SocketAddress {
    fileprivate static var freeLoopbackPort: SocketAddress {
        guard let address = SocketAddress(bytes: [127, 0, 0, 1], port: 0) else {
            preconditionFailure("Four bytes are an IPv4 address.")
        }
        return address
    }
}
