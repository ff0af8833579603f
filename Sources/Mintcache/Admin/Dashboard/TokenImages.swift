import EventLoops
import HTTPCaching
import HTTPServing
import Tokens
import UpstreamFetching

/// Images of tokens for who looks one up: fetched here, by the rules for addresses that strangers give, so that an
/// operator's browser goes nowhere. Nothing is kept.
struct TokenImages: Sendable {
    /// The largest that is shown, in bytes.
    static let maximumBytes = 16 << 20

    let loop: EventLoop
    let gateways: GatewayTable
    let metrics: Metrics
    let configuration: @Sendable () -> Configuration
    let clients: @Sendable () -> UpstreamClients

    func image(of record: TokenRecord) async throws(Problem) -> Response {
        let image: TokenURI?
        do throws(TokenViewError) {
            image = try TokenView.image(of: record)
        } catch {
            throw .metadataUnusable("\(error)", source: record.source)
        }
        let nothing = Problem.imageNotFound("The token's metadata names no image that could be fetched.")
        guard let image else { throw nothing }
        switch image {
        case .data(let type, let bytes): return try response(bytes, declared: type)
        case .http(let url): return try await fetched(url)
        case .ipfs, .ipns, .arweave, .arweaveName: return try await content(image)
        case .unsupported: throw nothing
        }
    }

    private func fetched(_ url: String) async throws(Problem) -> Response {
        var request = UpstreamRequest(url, trust: .untrusted)
        request.maximumBodyBytes = Self.maximumBytes
        let answer: UpstreamResponse
        do throws(FetchFailure) {
            answer = try await clients().strangers.fetch(request).requireSuccess()
        } catch {
            throw Self.unavailable(error.description)
        }
        return try response(answer.body, declared: answer.value(of: "content-type"))
    }

    /// From the gateways, checked against its address where that is possible.
    private func content(_ uri: TokenURI) async throws(Problem) -> Response {
        let configuration = configuration()
        let wish = ContentWish(uri: uri, range: nil, stored: nil)
        let exchange = GatewayExchange(
            client: clients().routes, loop: loop, limits: .init(body: Self.maximumBytes, held: Self.maximumBytes)
        ) { [gateways] in gateways.note(.failed(.mismatch), of: $0, wish.network) }
        let race = ContentRace(
            exchange: exchange, table: gateways, hedge: configuration.upstream.hedge, loop: loop, metrics: metrics)
        let known = wish.network == .arweave ? configuration.gateways.arweave : configuration.gateways.ipfs
        let outcome = await race.run(known, for: wish, by: loop.now + configuration.upstream.timeout)
        guard case .reply(.content(let arrival)) = outcome else {
            throw Self.unavailable("no gateway has it, or shows it as an image")
        }
        var bytes: [UInt8] = []
        do throws(FetchFailure) {
            while let piece = try await arrival.body.nextPiece() { bytes += piece }
        } catch {
            throw Self.unavailable(error.description)
        }
        return try response(bytes, declared: arrival.head.content.type)
    }

    private func response(_ bytes: [UInt8], declared: String?) throws(Problem) -> Response {
        let content = SafeContent(bytes.prefix(MediaType.lookLength), declared: declared)
        guard content.isImage else { throw Self.unavailable("it is \(content.type), and no image") }
        var response = Response(status: 200, fields: [("Cache-Control", "no-store")], body: bytes)
        for line in content.fields().lines {
            response.fields.append((line.name, String(decoding: line.value, as: UTF8.self)))
        }
        return response
    }

    private static func unavailable(_ reason: String) -> Problem {
        Problem(502, "upstream-failed", "No image", detail: "The token's image cannot be shown: \(reason).")
    }
}
