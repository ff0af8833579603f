import MintcacheTesting
import Synchronization
import Testing
import Tokens
import UpstreamFetching

@testable import EventLoops
@testable import Mintcache

/// A fetcher of documents, scripted gateways and a scripted web host, without a proxy around them.
final class DocumentScene: Sendable {
    struct Options: Sendable {
        /// How many gateways there are, for IPFS and for Arweave alike.
        var gateways = 1
        var weights: [Int] = []
        /// Fields that go to each gateway.
        var headers: [[(name: String, value: String)]] = []
        var hedge = Configuration.Upstream.Hedge.off
        var timeout = Duration.seconds(5)
        var retries = 0
        var maximumBytes = 1 << 20
    }

    /// Asked in this order.
    let gateways: [ScriptedOrigin]
    let host: ScriptedOrigin
    let metrics = Metrics()
    let table: GatewayTable
    let fetcher: DocumentFetcher
    private let clients: UpstreamClients
    private let loop: EventLoop
    private let options: Options

    static func play(_ options: Options = Options(), _ scenario: (DocumentScene) async throws -> Void) async throws {
        let scene = try await DocumentScene(options)
        do {
            try await scenario(scene)
        } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    private init(_ options: Options) async throws {
        let time = TimeSource()
        var gateways: [ScriptedOrigin] = []
        for _ in 0..<options.gateways { gateways.append(try await ScriptedOrigin(time: time)) }
        let host = try await ScriptedOrigin(time: time)
        let loop = try EventLoop(label: "documents")
        let clients = Self.clients(options, [host] + gateways, loop)
        let chance = Self.orderOfTheList(options.gateways)
        let table = GatewayTable(chance: chance)
        let endpoints = gateways.enumerated().map { index, gateway in
            Configuration.Endpoint(
                url: "http://127.0.0.1:\(gateway.port)",
                headers: index < options.headers.count ? options.headers[index] : [],
                weight: index < options.weights.count ? options.weights[index] : 1)
        }
        let race = GatewayRace(
            exchange: DocumentExchange(clients: clients, maximumBytes: options.maximumBytes), gateways: table,
            hedge: options.hedge, loop: loop, metrics: metrics)
        fetcher = DocumentFetcher(
            gateways: .init(ipfs: endpoints, arweave: endpoints), board: DocumentBoard(loop: loop, metrics: metrics),
            race: race, forms: IdentifierFormMemory(), timeout: options.timeout, metrics: metrics)
        (self.gateways, self.host, self.table, self.clients) = (gateways, host, table, clients)
        (self.loop, self.options) = (loop, options)
    }

    private static func clients(_ options: Options, _ origins: [ScriptedOrigin], _ loop: EventLoop) -> UpstreamClients {
        var upstream = UpstreamOptions()
        upstream.retries = options.retries
        upstream.maximumBodyBytes = options.maximumBytes
        upstream.allowHosts = origins.compactMap { HostPattern("127.0.0.1:\($0.port)") }
        upstream.userAgent = "mintcache/scene"
        upstream.breaker.failures = 1000
        let nameless = AddressResolver(threads: 1, pending: 16) { .failure(.notFound($0)) }
        let resolvers = Resolvers(configured: nameless, untrusted: nameless)
        func client() -> UpstreamClient { UpstreamClient(loop: loop, options: upstream, resolvers: resolvers) }
        return UpstreamClients(
            configured: client(), strangers: client(), providers: client(), routes: client())
    }

    /// Chance that always falls so that gateways of one weight are asked as they are listed.
    private static func orderOfTheList(_ count: Int) -> @Sendable () -> Double {
        let turn = Atomic(0)
        return { Double(turn.wrappingAdd(1, ordering: .relaxed).oldValue % max(count, 1) + 1) / Double(count + 2) }
    }

    private func end() async {
        for origin in gateways + [host] { await origin.stop() }
        await clients.shutdown()
        loop.shutdown()
    }

    // MARK: Asking

    /// What came of asking, and what was tried.
    struct Outcome: Sendable {
        let result: Result<FetchedDocument, Problem>
        let trace: ResolutionTrace

        var document: MetadataDocument? {
            if case .success(.document(let document)) = result { document } else { nil }
        }

        var text: String? { document.map { String(decoding: $0.bytes, as: UTF8.self) } }

        var unusable: UnusableDocument? {
            if case .success(.unusable(let unusable)) = result { unusable } else { nil }
        }

        var problem: Problem? {
            if case .failure(let problem) = result { problem } else { nil }
        }

        /// The outcomes of what was tried without success.
        var attempts: [String] { trace.attempts.map(\.outcome) }
    }

    static let contract = "0x00000000000000000000000000000000000000aa"

    static func reference(_ token: TokenIdentifier) throws -> TokenReference {
        TokenReference(
            chain: ChainIdentifier(eip155: 1), contract: try ContractAddress(parsing: contract), token: token)
    }

    /// Asks for the document of one token.
    func ask(
        _ uri: String, token: TokenIdentifier = TokenIdentifier(1), holding held: TokenRecord? = nil,
        gateway: Configuration.Endpoint? = nil, within limit: Duration = .seconds(8)
    ) async throws -> Outcome {
        let inquiry = Inquiry(
            reference: try Self.reference(token), held: held, deadline: .current + limit, gateway: gateway)
        return await Task(executorPreference: loop) { [fetcher] in
            var trace = ResolutionTrace()
            do throws(Problem) {
                return Outcome(
                    result: .success(try await fetcher.document(at: uri, for: inquiry, &trace)), trace: trace)
            } catch {
                return Outcome(result: .failure(error), trace: trace)
            }
        }.value
    }

    /// A record of a document that was fetched before.
    static func held(
        _ text: String, at uri: String, token: TokenIdentifier = TokenIdentifier(1), from source: String = "onchain",
        _ validators: SourceValidators = .none
    ) throws -> TokenRecord {
        let bytes = Array(text.utf8)
        return TokenRecord(
            reference: try reference(token), outcome: .document, tokenURI: uri, source: source, document: bytes,
            contentType: "application/json", etag: EntityDigest.text(bytes), validators: validators, fetchedAt: 0,
            freshUntil: 0)
    }

    /// A URL of the web host.
    func url(_ path: String) -> String { "http://127.0.0.1:\(host.port)\(path)" }

    /// Content of IPFS that nobody can check, by its identifier.
    static let directory = "QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq"
    static let transaction = "Wz4YvHnmKpqFWnFhQ1HwAo3mIOH8xYPFy9ZIdxxjRcM"
}

extension ScriptedOrigin {
    /// Answers everything with a document.
    func serves(_ document: String, _ fields: String...) {
        always(200, ["Content-Type: application/json"] + fields, document)
    }
}
